#include "dnsserver/query.h"

#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr size_t kRecordTailSize = 10;  // TYPE, CLASS, TTL, RDLENGTH
constexpr size_t kOptionHeaderSize = 4;
constexpr uint8_t kPointerBits = 0xc0;
constexpr uint16_t kDnssecOkBit = 0x8000;

// Where the name at `at` ends; 0 if it does not, or points anywhere but back at what stood before it. No
// pointer is followed: whatever it names is of no use here.
size_t end_of_name(BytesView message, size_t at) {
  const size_t start = at;
  while (at < message.size()) {
    const auto octet = uint8_t(message[at]);
    if (octet == 0) return at + 1;
    if ((octet & kPointerBits) == kPointerBits) {
      if (message.size() - at < 2) return 0;
      const size_t target = u16_at(message, at) & 0x3fff;
      return target >= kHeaderSize && target < start ? at + 2 : 0;
    }
    if (octet > base::kLabelSizeMax) return 0;
    at += size_t(octet) + 1;
    if (at - start >= base::kNameSizeMax) return 0;
  }
  return 0;
}

bool options_are_whole(BytesView options) {
  while (!options.empty()) {
    if (options.size() < kOptionHeaderSize) return false;
    const size_t size = kOptionHeaderSize + u16_at(options, 2);
    if (options.size() < size) return false;
    options.remove_prefix(size);
  }
  return true;
}

// Reads the record at `at` and moves `at` behind it. `opt_allowed`: in the additional section.
bool read_record(BytesView message, size_t& at, bool opt_allowed, Query& query) {
  const size_t tail = end_of_name(message, at);
  if (tail == 0 || message.size() - tail < kRecordTailSize) return false;
  const size_t rdata = tail + kRecordTailSize;
  const size_t rdata_size = u16_at(message, tail + 8);
  if (message.size() - rdata < rdata_size) return false;
  if (u16_at(message, tail) == kTypeOpt) {
    const bool at_root = message[at] == 0;
    if (!opt_allowed || !at_root || query.edns || !options_are_whole(message.substr(rdata, rdata_size)))
      return false;
    query.edns = Edns{.version = uint8_t(message[tail + 5]),
                      .dnssec_ok = (u16_at(message, tail + 6) & kDnssecOkBit) != 0,
                      .payload_size = u16_at(message, tail + 2)};
  } else if (u16_at(message, tail) == kTypeTsig) {
    query.has_tsig = opt_allowed;
  }
  at = rdata + rdata_size;
  return true;
}

}  // namespace

bool read_query(BytesView message, Query& query) {
  const uint16_t questions = u16_at(message, 4);
  const uint16_t answers = u16_at(message, 6);
  const uint16_t authorities = u16_at(message, 8);
  const uint16_t additionals = u16_at(message, 10);
  if (questions != 1 || answers != 0) return false;

  size_t at = query.name.read(message, kHeaderSize);
  if (at == 0 || message.size() - at < 4) return false;
  query.type = u16_at(message, at);
  query.qclass = u16_at(message, at + 2);
  query.question_end = at += 4;
  if (authorities != 0 && query.type != kTypeIxfr) return false;

  query.edns.reset();
  query.has_tsig = false;
  for (uint16_t i = 0; i < authorities; ++i) {
    if (!read_record(message, at, false, query)) return false;
  }
  for (uint16_t i = 0; i < additionals; ++i) {
    if (!read_record(message, at, true, query)) return false;
  }
  return at == message.size();
}

}  // namespace dnsserver
