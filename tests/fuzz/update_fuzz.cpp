// Whatever comes in: a reply that is whole and that a client can take for one, an UPDATE that is read as what it
// says, and a signature that is valid only if it is.
#include <cstdint>
#include <cstdlib>

#include "base/message.h"
#include "dnsserver/update_message.h"
#include "dnsserver/wire.h"

using namespace dnsserver;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

const TsigKey kKey{Name::parse("ddns-key.corp.test").value(), TsigAlgorithm::hmac_sha256,
                   "0123456789abcdef0123456789abcdef"};

void check_signature(const Bytes& message, const Tsig& tsig) {
  const Time now{std::chrono::seconds(tsig.time_signed)};
  (void)verify(message, tsig, kKey, now);
  require(without_tsig(message, tsig).size() == tsig.start);
}

void check_reply(const Bytes& message, const Envelope& envelope, const Refusal& outcome) {
  Bytes reply = reply_to(message, envelope, outcome);
  if (envelope.tsig) {
    const size_t size = tsig_size(*envelope.tsig, kKey, TsigError::badtime);
    sign(reply, *envelope.tsig, kKey, TsigError::badtime, Time());
    require(reply.size() >= size);
  }
  require(base::check_message(reply).has_value());
  require(reply.substr(0, 2) == message.substr(0, 2));
  require(envelope.tsig.has_value() == read_envelope(reply)->tsig.has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes message(reinterpret_cast<const char*>(data), size);
  if (size < kHeaderSize) return 0;
  const auto envelope = read_envelope(message);
  if (!envelope) return 0;
  if (envelope->tsig) check_signature(message, *envelope->tsig);
  const auto update = parse_update(message, *envelope);
  check_reply(message, *envelope, update ? Refusal{.rcode = Rcode::noerror} : update.error());
  if (!update) return 0;
  require(update->updates.size() + update->prerequisites.size() <= kUpdateRecordsMax);
  for (const UpdateRecord& record : update->updates)
    require(record.owner.is_under(update->zone) && record.value.size() <= 255);
  return 0;
}
