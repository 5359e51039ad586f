#include "validator/message_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace validator {

namespace {

using base::Bytes;
using base::BytesView;
using base::Name;
using base::Result;

// RDATA that may hold compressed names (RFC 3597 §4), and DNAME's, which some servers compress: so many octets,
// then names, then so many octets.
struct Layout {
  uint16_t type;
  size_t before;
  size_t names;
  size_t behind;
};
constexpr auto kLayouts = std::to_array<Layout>({
    {2, 0, 1, 0},   // NS
    {5, 0, 1, 0},   // CNAME
    {6, 0, 2, 20},  // SOA
    {12, 0, 1, 0},  // PTR
    {15, 2, 1, 0},  // MX
    {39, 0, 1, 0},  // DNAME
});

tl::unexpected<base::Error> bad(std::string_view why) {
  return base::fail(base::ErrorKind::malformed, "a wrong answer: " + std::string(why));
}

}  // namespace

Result<void> MessageReader::skip(size_t count) {
  return octets(count).map([](BytesView) {});
}

Result<uint16_t> MessageReader::uint16() {
  TRY(const BytesView two, octets(2));
  return uint16_t(uint8_t(two[0]) << 8 | uint8_t(two[1]));
}

Result<uint32_t> MessageReader::uint32() {
  TRY(const uint16_t high, uint16());
  TRY(const uint16_t low, uint16());
  return uint32_t(high) << 16 | low;
}

Result<Name> MessageReader::name() {
  TRY(auto read, name_at(at_));
  at_ = read.end;
  return std::move(read.name);
}

Result<Record> MessageReader::record() {
  Record record;
  TRY(record.owner, name());
  TRY(record.type, uint16());
  TRY(record.klass, uint16());
  TRY(record.ttl, uint32());
  TRY(const uint16_t size, uint16());
  const size_t start = at_;
  CHECK(skip(size));
  TRY(record.rdata, whole_rdata(record.type, start, at_));
  return record;
}

Result<Bytes> MessageReader::whole_rdata(uint16_t type, size_t start, size_t end) const {
  const auto layout = std::ranges::find(kLayouts, type, &Layout::type);
  if (layout == kLayouts.end() || start == end) return Bytes(message_.substr(start, end - start));
  const auto wrong = [] { return bad("the names in a record do not fit its RDATA"); };
  if (end - start < layout->before + layout->names + layout->behind) return wrong();
  Bytes rdata(message_.substr(start, layout->before));
  size_t at = start + layout->before;
  for (size_t i = 0; i < layout->names; ++i) {
    TRY(const auto read, name_at(at));
    rdata += read.name.wire();
    at = read.end;
  }
  if (at + layout->behind != end) return wrong();
  return rdata.append(message_.substr(at, layout->behind));
}

Result<BytesView> MessageReader::octets(size_t count) {
  if (message_.size() - at_ < count) return bad("it ends too early");
  at_ += count;
  return message_.substr(at_ - count, count);
}

// RFC 1035 §4.1.4. Each pointer leads to before the place where the labels that it ends began, so none is met
// twice.
Result<MessageReader::NameRead> MessageReader::name_at(size_t at) const {
  Bytes wire;
  size_t end = 0;
  size_t start = at;
  while (true) {
    if (at >= message_.size()) return bad("a name runs out of it");
    const size_t length = uint8_t(message_[at]);
    if (length >= 0xc0) {
      if (at + 1 >= message_.size()) return bad("a name runs out of it");
      if (end == 0) end = at + 2;
      at = (length & 0x3f) << 8 | uint8_t(message_[at + 1]);
      if (at >= start) return bad("a compression pointer does not point backwards");
      start = at;
      continue;
    }
    if (length > base::kLabelSizeMax || message_.size() - at <= length) return bad("a name runs out of it");
    wire += message_.substr(at, length + 1);
    if (wire.size() > base::kNameSizeMax) return bad("a name is longer than 255 octets");
    at += length + 1;
    if (length == 0) break;
  }
  TRY(auto name, Name::from_wire(wire));
  return NameRead{std::move(name), end != 0 ? end : at};
}

}  // namespace validator
