#include "dnsserver/async/update_door.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "base/log.h"
#include "dnsserver/alias_answer.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

bool is_update(BytesView message) { return (u16_at(message, 2) & kOpcode) == kOpcodeUpdate; }

// Nothing of ours throws: memory is exhausted.
void rethrow(std::exception_ptr thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

size_t size_max(const Envelope& envelope, Transport transport) {
  if (transport != Transport::udp) return kTcpSizeMax;
  return envelope.edns ? std::clamp(envelope.edns->payload_size, kUdpSizeMin, kUdpSizeMax) : kUdpSizeMin;
}

}  // namespace

struct UpdateDoor::Request {
  Bytes message;
  Arrival arrival;
  Envelope envelope;
  TsigCheck check = {};
};

UpdateDoor::UpdateDoor(Updates& updates, const TsigKeys& keys, const TsigOptions& options,
                       const base::Clock& clock, Executor executor)
    : updates_(updates),
      keys_(keys),
      options_(options),
      clock_(clock),
      executor_(std::move(executor)),
      replays_(clock.now()) {}

std::optional<Bytes> UpdateDoor::take(BytesView message, const Arrival& arrival, Responder& responder,
                                      LateReply later) {
  if (message.size() < kHeaderSize || (u16_at(message, 2) & kQr)) return Bytes();
  auto envelope = read_envelope(message);
  if (!envelope) return reply_to(message, {}, {.rcode = Rcode::formerr});
  Request request{Bytes(message), arrival, *std::move(envelope)};
  if (request.envelope.edns && request.envelope.edns->version > 0) {
    return reply_to(message, request.envelope, {.rcode = Rcode::badvers});
  }
  if (!request.envelope.tsig) {
    if (!is_update(message)) return answer_at_once(message, arrival, responder);
    return reply_to(
        message, request.envelope,
        {Rcode::refused, ExtendedError::prohibited, "an UPDATE has to be signed (TSIG, RFC 8945)"});
  }
  request.check = check_tsig(message, *request.envelope.tsig, keys_, options_, clock_.now());
  if (request.check.refusal.rcode != Rcode::noerror) {
    log_refused(request);
    return signed_reply(request, request.check.refusal);
  }
  if (!is_update(message)) return answer_query(request, responder);
  return take_update(std::move(request), std::move(later));
}

// As if it were not signed, and then signed. What has no room beside the signature makes the client come again
// over TCP (RFC 8945 §5.3).
Bytes UpdateDoor::answer_query(const Request& request, Responder& responder) {
  const Tsig& tsig = *request.envelope.tsig;
  Bytes reply = answer_at_once(without_tsig(request.message, tsig), request.arrival, responder);
  if (reply.empty()) return reply;
  put_u16(reply.data(), u16_at(request.message, 0));
  if (reply.size() + signature_size(tsig, request.check) >
      size_max(request.envelope, request.arrival.transport)) {
    reply = reply_to(request.message, request.envelope, {.rcode = Rcode::noerror});
    put_u16(reply.data() + 2, uint16_t(u16_at(reply, 2) | kTc));
  }
  sign_reply(reply, tsig, request.check, clock_.now());
  return reply;
}

Bytes UpdateDoor::answer_at_once(BytesView query, const Arrival& arrival, Responder& responder) const {
  Bytes buffer(arrival.transport == Transport::udp ? size_t{kUdpSizeMax} : kTcpSizeMax, '\0');
  const base::BytesView mapped = base::view(arrival.source.octets());
  const base::BytesView client = arrival.source.is_v4() ? mapped.substr(12) : mapped;
  const Response response = responder.respond(query, buffer, arrival.transport, client);
  buffer.resize(response.size);
  if (!arrival.for_updates || response.rcode != Rcode::refused) return buffer;
  Query read;
  if (!read_query(query, read)) return buffer;
  const auto name = Name::from_wire(read.name.wire());
  const Name* zone = name ? updates_.alias_zone_of(*name) : nullptr;
  return zone == nullptr ? buffer : answer_for_alias_zone(query, read, *zone, arrival.transport);
}

std::optional<Bytes> UpdateDoor::take_update(Request request, LateReply later) {
  auto update = parse_update(request.message, request.envelope);
  if (!update) return signed_reply(request, update.error());
  const Replays::Finding finding = replays_.find(*request.envelope.tsig, clock_.now());
  switch (finding.seen) {
    case Replays::Seen::never: return begin(std::move(request), *std::move(update), std::move(later));
    case Replays::Seen::under_way: return Bytes();
    case Replays::Seen::carried_out: return signed_reply(request, {.rcode = finding.rcode});
    case Replays::Seen::too_old: break;
  }
  request.check.error = TsigError::badtime;
  return signed_reply(request, {Rcode::notauth, ExtendedError::prohibited,
                                "BADTIME: it was signed before what this server remembers"});
}

std::optional<Bytes> UpdateDoor::begin(Request request, UpdateMessage update, LateReply later) {
  const bool is_full = under_way_.fetch_add(1) >= kUpdatesUnderWayMax;
  if (is_full || closed_) {
    --under_way_;
    replays_.settle(*request.envelope.tsig, std::nullopt);
    if (request.arrival.transport == Transport::udp) return Bytes();
    return signed_reply(request, {Rcode::servfail, ExtendedError::not_ready,
                                  is_full ? "too many updates wait to be written" : "the server is ending"});
  }
  boost::asio::co_spawn(executor_, carry_out(std::move(request), std::move(update), std::move(later)),
                        rethrow);
  return std::nullopt;
}

base::Task<> UpdateDoor::carry_out(Request request, UpdateMessage update, LateReply later) {
  Writer writer = Writer::of(request.check.credential, request.arrival.source);
  const std::string zone = update.zone.text();
  const size_t records = update.updates.size();
  const Refusal outcome = co_await updates_.carry_out(std::move(update), std::move(writer));
  // What failed for our part may come again and succeed.
  const bool is_final = outcome.rcode != Rcode::servfail;
  replays_.settle(*request.envelope.tsig, is_final ? std::optional(outcome.rcode) : std::nullopt);
  const bool done = outcome.rcode == Rcode::noerror;
  (done ? base::log::info : base::log::warning)(done ? "dns.update.done" : "dns.update.refused",
                                                {{"credential", request.check.credential->id},
                                                 {"key", request.check.key.name.text()},
                                                 {"source", request.arrival.source.text()},
                                                 {"zone", zone},
                                                 {"records", records},
                                                 {"rcode", unsigned(outcome.rcode)},
                                                 {"detail", outcome.text}});
  --under_way_;
  later(signed_reply(request, outcome));
}

void UpdateDoor::log_refused(const Request& request) {
  const int64_t second = clock_.now().time_since_epoch() / std::chrono::seconds(1);
  if (logged_second_.exchange(second) != second) logged_ = 0;
  if (logged_++ >= kRefusalsLoggedMax) return;
  base::log::info("dns.tsig.refused", {{"key", request.envelope.tsig->key_name.text()},
                                       {"source", request.arrival.source.text()},
                                       {"detail", request.check.refusal.text}});
}

Bytes UpdateDoor::signed_reply(const Request& request, const Refusal& outcome) const {
  const Tsig& tsig = *request.envelope.tsig;
  Bytes reply = reply_to(request.message, request.envelope, outcome);
  if (reply.size() + signature_size(tsig, request.check) >
      size_max(request.envelope, request.arrival.transport)) {
    // The sections of a response may be left out (RFC 2136 §3.8).
    reply = reply_to(request.message, {}, outcome);
  }
  sign_reply(reply, tsig, request.check, clock_.now());
  return reply;
}

}  // namespace dnsserver
