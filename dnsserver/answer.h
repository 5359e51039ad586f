#pragma once

#include "dnsserver/node_source.h"
#include "dnsserver/query.h"
#include "dnsserver/response.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// CNAMEs of one response, those that a DNAME made among them. A longer chain, and a loop, is left to the resolver
// from there on.
inline constexpr size_t kCnamesMax = 8;

// Answers a query from the zone that its name is in: the algorithm of RFC 1034 §4.3.2 from its step 3 on,
// with wildcards as RFC 4592 has them, DNAMEs as RFC 6672 §3.2, and referrals with their glue (RFC 9471).
//
// REQUIRES: response.start() was called with this query; `zone` is of `zones` and holds the name.
Response answer(const Query& query, const ServedZone& zone, const ZoneTable& zones, NodeSource& nodes,
                ResponseWriter& response);

}  // namespace dnsserver
