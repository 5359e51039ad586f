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

void read_option(uint16_t code, BytesView data, Edns& edns) {
  switch (code) {
    case kOptionNsid: edns.nsid = true; break;
    case kOptionExpire: edns.expire = true; break;
    case kOptionPadding: edns.padding = true; break;
    case kOptionKeepalive:
      edns.keepalive = true;
      edns.malformed_keepalive |= !data.empty();
      break;
    case kOptionCookie:
      if (edns.cookie || edns.malformed_cookie) return;
      edns.cookie = read_cookie(data);
      edns.malformed_cookie = !edns.cookie;
      break;
    default: return;
  }
  edns.has_options = true;
}

// False: they do not end where they should.
bool read_options(BytesView options, Edns& edns) {
  while (!options.empty()) {
    if (options.size() < kOptionHeaderSize) return false;
    const size_t size = u16_at(options, 2);
    if (options.size() - kOptionHeaderSize < size) return false;
    if (edns.version == 0) read_option(u16_at(options, 0), options.substr(kOptionHeaderSize, size), edns);
    options.remove_prefix(kOptionHeaderSize + size);
  }
  return true;
}

bool read_question(BytesView message, size_t& at, Query& query) {
  at = query.name.read(message, at);
  if (at == 0 || message.size() - at < 4) return false;
  query.type = u16_at(message, at);
  query.qclass = u16_at(message, at + 2);
  at += 4;
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
    if (!opt_allowed || !at_root || query.edns) return false;
    Edns& edns = query.edns.emplace();
    edns.version = uint8_t(message[tail + 5]);
    edns.dnssec_ok = (u16_at(message, tail + 6) & kDnssecOkBit) != 0;
    edns.payload_size = u16_at(message, tail + 2);
    if (!read_options(message.substr(rdata, rdata_size), edns)) return false;
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
  if (questions > 1 || answers != 0) return false;

  size_t at = kHeaderSize;
  if (questions == 1 && !read_question(message, at, query)) return false;
  query.question_end = at;
  if (authorities != 0 && (questions == 0 || query.type != kTypeIxfr)) return false;

  query.edns.reset();
  query.has_tsig = false;
  for (uint16_t i = 0; i < authorities; ++i) {
    if (!read_record(message, at, false, query)) return false;
  }
  for (uint16_t i = 0; i < additionals; ++i) {
    if (!read_record(message, at, true, query)) return false;
  }
  const bool asks_for_cookie = query.edns && query.edns->cookie;
  return at == message.size() && (questions == 1 || asks_for_cookie);
}

}  // namespace dnsserver
