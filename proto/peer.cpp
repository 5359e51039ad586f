#include "proto/peer.h"

#include <string>
#include <utility>

#include "base/endpoint.h"

namespace proto {

std::optional<base::IpAddress> address_of_peer(std::string_view peer) {
  const size_t scheme = peer.find(':');
  if (scheme == std::string_view::npos || !peer.starts_with("ipv")) return std::nullopt;
  std::string endpoint(peer.substr(scheme + 1));
  for (const auto& [escaped, plain] : {std::pair{"%5B", "["}, std::pair{"%5D", "]"}}) {
    if (const size_t at = endpoint.find(escaped); at != std::string::npos) endpoint.replace(at, 3, plain);
  }
  const auto parsed = base::parse_endpoint(endpoint);
  if (!parsed) return std::nullopt;
  const auto address = base::IpAddress::parse(parsed->address);
  return address ? std::optional(*address) : std::nullopt;
}

std::string peer_address(std::string_view peer) {
  const auto address = address_of_peer(peer);
  return address ? address->text() : "";
}

}  // namespace proto
