#include "dnsserver/respond.h"

#include <algorithm>

#include "dnsserver/answer.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

// What an error says, in its RCODE and in words of RFC 8914.
struct Refusal {
  Rcode rcode;
  std::optional<ExtendedError> error;
};

std::optional<Rcode> take_edns(const Query& query, const QueryContext& context, ResponseWriter& response);
std::optional<Refusal> refusal_of_type(uint16_t type);
Refusal refusal_of_transfer(const Query& query, const ServedZone* zone, Transport transport);
const ServedZone* zone_for(const Query& query, const ZoneTable& zones);

bool is_transfer(uint16_t type) { return type == kTypeAxfr || type == kTypeIxfr; }

}  // namespace

Response respond(BytesView message, std::span<char> buffer, const QueryContext& context,
                 const ZoneTable& zones, NodeSource& nodes) {
  // Whoever answers a response can be made to talk to itself, or to another of its kind, for ever.
  if (message.size() < kHeaderSize || (u16_at(message, 2) & kQr)) return {};
  ResponseWriter response(message, buffer);
  const uint16_t opcode = u16_at(message, 2) & kOpcode;
  if (opcode == kOpcodeUpdate) return {.for_door = true};
  if (opcode != 0) return response.header_only(Rcode::notimp);
  Query query;
  if (!read_query(message, query)) return response.header_only(Rcode::formerr);
  if (query.has_tsig) return {.for_door = true};

  response.start(query, context.transport);
  if (query.edns) {
    if (const auto rcode = take_edns(query, context, response)) return response.finish(*rcode);
  }
  if (query.qclass != kClassIn) return response.finish(Rcode::refused, ExtendedError::not_authoritative);
  if (const auto refusal = refusal_of_type(query.type))
    return response.finish(refusal->rcode, refusal->error);
  const ServedZone* zone = zone_for(query, zones);
  if (is_transfer(query.type)) {
    const auto refusal = refusal_of_transfer(query, zone, context.transport);
    return response.finish(refusal.rcode, refusal.error);
  }
  if (!zone) return response.finish(Rcode::refused, ExtendedError::not_authoritative);
  Response answered = answer(query, *zone, zones, nodes, response);
  answered.zone = zone;
  return answered;
}

namespace {

// False: what the query is about gets no answer without a valid cookie. A query without a question is about
// nothing but the cookie, and who shows one there learns whether it is valid (RFC 7873 §5.4).
bool cookie_suffices(const Query& query, CookieState state, const QueryContext& context) {
  if (state == CookieState::valid) return true;
  if (!query.has_question()) return state == CookieState::client_only;
  return !context.policy.cookie_required || context.transport != Transport::udp;
}

// Answers what the options ask for. An RCODE ends the response with it.
std::optional<Rcode> take_edns(const Query& query, const QueryContext& context, ResponseWriter& response) {
  const Edns& edns = *query.edns;
  if (edns.version > 0) return Rcode::badvers;
  if (!edns.has_options) return std::nullopt;
  const bool over_udp = context.transport == Transport::udp;
  if (edns.malformed_cookie || (edns.malformed_keepalive && !over_udp)) return Rcode::formerr;
  const EdnsPolicy& policy = context.policy;
  if (edns.nsid && !policy.nsid.empty()) response.add_option(kOptionNsid, policy.nsid);
  if (edns.keepalive && !over_udp) {  // RFC 7828 §3.2.2: over UDP it means nothing
    const auto tenths = std::min<int64_t>(policy.keepalive.count() / 100, 0xffff);
    const char timeout[] = {char(tenths >> 8), char(tenths & 0xff)};
    response.add_option(kOptionKeepalive, {timeout, sizeof timeout});
  }
  if (edns.padding && context.transport == Transport::tls) response.set_padded();
  if (edns.cookie) {
    const CookieReply reply = answer_cookie(*edns.cookie, context.client, context.now, policy.cookies);
    response.add_cookie(reply);
    if (!cookie_suffices(query, reply.state, context)) return Rcode::badcookie;
  }
  if (!query.has_question()) return Rcode::noerror;
  return std::nullopt;
}

// Types that stand for no data (RFC 6895 §3.1), so that nobody can ask for them.
std::optional<Refusal> refusal_of_type(uint16_t type) {
  switch (type) {
    case kTypeTkey: return Refusal{Rcode::notimp, ExtendedError::not_supported};
    case kTypeOpt:
    case kTypeTsig:
    case kTypeNxname: return Refusal{Rcode::formerr, ExtendedError::invalid_query_type};  // RFC 9824 §3.5
    default: return std::nullopt;
  }
}

// Zones are not transferred. AXFR is not defined over UDP (RFC 5936 §4.2), and for what is not the apex of a
// zone of ours RFC 5936 §2.2.1 asks for NOTAUTH.
Refusal refusal_of_transfer(const Query& query, const ServedZone* zone, Transport transport) {
  if (query.type == kTypeAxfr && transport == Transport::udp) return {Rcode::formerr, std::nullopt};
  if (!zone || zone->apex != query.name.wire()) return {Rcode::notauth, ExtendedError::not_authoritative};
  return {Rcode::refused, ExtendedError::prohibited};
}

// DS belongs to the zone above the cut, if that one is here too (RFC 4035 §3.1.4.1).
const ServedZone* zone_for(const Query& query, const ZoneTable& zones) {
  const ServedZone* zone = zones.find(query.name);
  if (zone && query.type == kTypeDs && zone->apex == query.name.wire() && zone->label_count > 0) {
    if (const ServedZone* parent = zones.find(query.name, zone->label_count - 1)) return parent;
  }
  return zone;
}

}  // namespace

}  // namespace dnsserver
