#pragma once

#include "dnsserver/query.h"
#include "dnsserver/response.h"

namespace dnsserver {

// TTL and all times in the SOA of an alias zone. Clients keep what they learn of a zone for as long.
inline constexpr uint32_t kAliasZoneTtl = 60;

// Answers a query below `zone`, which somebody else serves to the world, as its primary would whom clients look for
// before they send an UPDATE (RFC 2136 §4.3): with the SOA of the apex, and that nothing else is there.
Bytes answer_for_alias_zone(BytesView message, const Query& query, const Name& zone, Transport transport);

}  // namespace dnsserver
