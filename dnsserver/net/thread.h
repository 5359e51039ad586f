#pragma once

#include <functional>
#include <string>
#include <thread>

#include "base/error.h"

namespace dnsserver::net {

// A thread that `name` is shown for (at most 15 octets of it), to which the kernel gives no signals: those
// are for the thread that waits for them. unavailable: no more threads can be had.
base::Result<std::thread> start_thread(std::string name, std::function<void()> run);

}  // namespace dnsserver::net
