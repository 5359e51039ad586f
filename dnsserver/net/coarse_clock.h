#pragma once

#include "base/time.h"

namespace dnsserver::net {

// The time as of the kernel's last tick, at most some milliseconds ago: cheap enough to be asked once a batch.
base::Time coarse_now();

}  // namespace dnsserver::net
