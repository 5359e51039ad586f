#include "dnsserver/envelope.h"

#include <algorithm>

#include "base/message.h"
#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr uint16_t kDnssecOkBit = 0x8000;
constexpr uint16_t kExtendedErrorOption = 15;

Edns read_opt(const MessageRecord& opt) {
  Edns edns;
  edns.version = uint8_t(opt.ttl >> 16 & 0xff);
  edns.dnssec_ok = (opt.ttl & kDnssecOkBit) != 0;
  edns.payload_size = opt.rclass;
  return edns;
}

void add_opt(Bytes& response, const Edns& edns, const Refusal& outcome) {
  put_u16(response.data() + 10, uint16_t(u16_at(response, 10) + 1));
  response += '\0';
  append_u16(response, kTypeOpt);
  append_u16(response, kUdpSizeMax);
  append_u16(response, uint16_t(unsigned(outcome.rcode) >> 4 << 8));
  append_u16(response, edns.dnssec_ok ? kDnssecOkBit : 0);
  if (!outcome.code) return append_u16(response, 0);
  const BytesView text = BytesView(outcome.text).substr(0, kExtraTextSizeMax);
  append_u16(response, uint16_t(6 + text.size()));
  append_u16(response, kExtendedErrorOption);
  append_u16(response, uint16_t(2 + text.size()));
  append_u16(response, uint16_t(*outcome.code));
  response += text;
}

}  // namespace

Result<Envelope> read_envelope(BytesView message) {
  CHECK(base::check_message(message));
  Envelope envelope;
  MessageReader reader(message);
  for (size_t i = 0; i < reader.question_count(); ++i) {
    reader.name();
    reader.u16();
    reader.u16();
  }
  if (reader.question_count() == 1) envelope.question_end = reader.at();
  for (size_t i = 0; i < size_t(reader.answer_count()) + reader.authority_count(); ++i)
    reader.record();
  for (size_t i = 0; i < reader.additional_count(); ++i) {
    const MessageRecord record = reader.record();
    if (record.type == kTypeOpt) envelope.edns = read_opt(record);
    if (record.type == kTypeTsig) {
      TRY(envelope.tsig, read_tsig(record));
    }
  }
  return envelope;
}

Bytes reply_to(BytesView request, const Envelope& envelope, const Refusal& outcome) {
  const uint16_t flags = u16_at(request, 2);
  Bytes response(request.substr(0, std::max(envelope.question_end, kHeaderSize)));
  put_u16(response.data() + 2,
          uint16_t(kQr | (flags & (kOpcode | kRd)) | (uint16_t(outcome.rcode) & kRcode)));
  std::fill_n(response.begin() + 4, kHeaderSize - 4, '\0');
  if (envelope.question_end > 0) put_u16(response.data() + 4, 1);
  if (envelope.edns) add_opt(response, *envelope.edns, outcome);
  return response;
}

}  // namespace dnsserver
