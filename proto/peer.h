#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip_network.h"

namespace proto {

// "ipv4:192.0.2.1:443", "ipv6:%5B2001:db8::1%5D:443": what gRPC calls a peer. Nothing: it is no network's.
std::optional<base::IpAddress> address_of_peer(std::string_view peer);

// The same as text. Empty: it is no network's.
std::string peer_address(std::string_view peer);

}  // namespace proto
