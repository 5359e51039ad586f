#include "tests/support/dns_message.h"

#include <string>

namespace support {

namespace {

using base::Bytes;
using base::BytesView;
using base::Name;

constexpr size_t kHeaderSize = 12;

Bytes uint16(uint16_t value) { return {char(value >> 8), char(value)}; }

uint16_t uint16_at(BytesView bytes, size_t at) {
  return uint16_t(uint8_t(bytes[at]) << 8 | uint8_t(bytes[at + 1]));
}

Bytes record(BytesView owner, uint16_t type, uint32_t ttl, BytesView rdata) {
  return Bytes(owner) + uint16(type) + uint16(1) + uint16(uint16_t(ttl >> 16)) + uint16(uint16_t(ttl)) +
         uint16(uint16_t(rdata.size())) + Bytes(rdata);
}

}  // namespace

Bytes txt(std::initializer_list<std::string_view> strings) {
  Bytes rdata;
  for (const auto string : strings)
    rdata += char(string.size()) + Bytes(string);
  return rdata;
}

Bytes txt(std::string_view string) { return txt({string}); }

Name name(std::string_view text) { return Name::parse(text).value(); }

Question parse_question(Bytes query, bool tcp) {
  size_t end = kHeaderSize;
  while (query.at(end) != 0)
    end += size_t(uint8_t(query[end])) + 1;
  auto asked = Name::from_wire(BytesView(query).substr(kHeaderSize, end + 1 - kHeaderSize)).value();
  const uint16_t type = uint16_at(query, end + 1);
  return {std::move(query), std::move(asked), type, tcp};
}

Question question(std::string_view text, uint16_t type) {
  const Bytes header("\x12\x34\1\0\0\1\0\0\0\0\0\0", kHeaderSize);
  return parse_question(header + Bytes(name(text).wire()) + uint16(type) + uint16(1), false);
}

Response::Response(const Question& question)
    : id_(uint16_at(question.query, 0)),
      edns_(uint16_at(question.query, 10) > 0),
      question_(question.name),
      type_(question.type) {
  if (question.query[2] & 1) flags_ |= 0x0100;
}

Response& Response::rcode(uint8_t rcode) {
  flags_ = uint16_t((flags_ & 0xfff0) | rcode);
  return *this;
}

Response& Response::not_authoritative() {
  flags_ &= uint16_t(~0x0400);
  return *this;
}

Response& Response::truncated() {
  flags_ |= 0x0200;
  return *this;
}

Response& Response::id(uint16_t id) {
  id_ = id;
  return *this;
}

Response& Response::question(const Name& name) {
  question_ = name;
  return *this;
}

Response& Response::answer(std::string_view owner, uint16_t type, BytesView rdata, uint32_t ttl) {
  sections_[0] += record(name(owner).wire(), type, ttl, rdata);
  ++counts_[0];
  return *this;
}

Response& Response::cname(std::string_view owner, std::string_view target) {
  return answer(owner, kCname, name(target).wire());
}

Response& Response::authority(std::string_view owner, uint16_t type, BytesView rdata) {
  sections_[1] += record(name(owner).wire(), type, 60, rdata);
  ++counts_[1];
  return *this;
}

Response& Response::soa(std::string_view apex) {
  const Bytes numbers = Bytes("\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\74", 20);
  return authority(apex, kSoa,
                   Bytes(name("ns.test").wire()) + Bytes(name("hostmaster.test").wire()) + numbers);
}

Response& Response::additional(std::string_view owner, uint16_t type, BytesView rdata) {
  sections_[2] += record(name(owner).wire(), type, 60, rdata);
  ++counts_[2];
  return *this;
}

Bytes Response::bytes() const {
  const Bytes opt = edns_ ? Bytes("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11) : Bytes();
  return uint16(id_) + uint16(flags_) + uint16(1) + uint16(counts_[0]) + uint16(counts_[1]) +
         uint16(uint16_t(counts_[2] + (edns_ ? 1 : 0))) + Bytes(question_.wire()) + uint16(type_) +
         uint16(1) + sections_[0] + sections_[1] + sections_[2] + opt;
}

}  // namespace support
