#pragma once

#include <string>

#include "base/endpoint.h"

namespace dnsserver::net {

enum class SocketKind { udp, tcp };

// Who already has the endpoint, or an address that covers it: "systemd-resolve (process 412)", for an operator
// whose server does not start. Empty where /proc does not tell: sockets of other users are shown to root only.
// Slow: it looks at every descriptor of every process.
std::string port_holder(const base::Endpoint& endpoint, SocketKind kind);

}  // namespace dnsserver::net
