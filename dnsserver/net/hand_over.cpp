#include "dnsserver/net/hand_over.h"

#include <arpa/inet.h>

#include <algorithm>

#include "dnsserver/wire.h"

namespace dnsserver::net {

base::IpAddress address_of(const sockaddr* peer) {
  char text[INET6_ADDRSTRLEN] = {};
  if (peer->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(peer)->sin6_addr, text, sizeof text);
  } else {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(peer)->sin_addr, text, sizeof text);
  }
  return base::IpAddress::parse(text).value_or(base::IpAddress());
}

Rcode rcode_of(BytesView response) { return Rcode(u16_at(response, 2) & kRcode); }

Response hand_over(BytesView message, std::span<char> buffer, Responder& responder, const DoorUse& use,
                   Way way) {
  if (use.door == nullptr) return ResponseWriter(message, buffer).header_only(Rcode::notimp);
  const Bytes reply = use.door->take(message, way.arrival, responder, std::move(way.later));
  if (reply.empty() || reply.size() > buffer.size()) return {};
  std::ranges::copy(reply, buffer.begin());
  return {.size = reply.size(), .rcode = rcode_of(reply)};
}

}  // namespace dnsserver::net
