#pragma once

#include <span>

#include "base/bytes.h"
#include "dnsserver/node_source.h"
#include "dnsserver/query_context.h"
#include "dnsserver/response.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// Answers one message from outside: octets in, octets out. No allocation, lock, log line or clock. An UPDATE,
// and a query that is signed, is left to the door (dnsserver/door.h).
//
// `buffer` may start where `query` does; the response then takes its place. A response over UDP has at most
// kUdpSizeMax octets, over TCP and TLS what the buffer holds.
//
// REQUIRES: buffer.size() >= kUdpSizeMax.
Response respond(BytesView query, std::span<char> buffer, const QueryContext& context, const ZoneTable& zones,
                 NodeSource& nodes);

}  // namespace dnsserver
