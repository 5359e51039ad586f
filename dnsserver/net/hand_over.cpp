#include "dnsserver/net/hand_over.h"

#include <algorithm>

#include "dnsserver/wire.h"

namespace dnsserver::net {

Rcode rcode_in(BytesView response) { return Rcode(u16_at(response, 2) & kRcode); }

Response hand_over(BytesView message, std::span<char> buffer, Responder& responder, const DoorUse& use,
                   Way way) {
  if (use.door == nullptr) return ResponseWriter(message, buffer).header_only(Rcode::notimp);
  const auto reply = use.door->take(message, way.arrival, responder, std::move(way.later));
  if (!reply) return {.for_door = true};
  if (reply->empty() || reply->size() > buffer.size()) return {};
  std::ranges::copy(*reply, buffer.begin());
  return {.size = reply->size(), .rcode = rcode_in(*reply)};
}

}  // namespace dnsserver::net
