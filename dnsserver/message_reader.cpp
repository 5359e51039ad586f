#include "dnsserver/message_reader.h"

#include <cassert>

#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr uint8_t kPointerBits = 0xc0;
constexpr uint16_t kPointerTarget = 0x3fff;

}  // namespace

uint16_t MessageReader::count(size_t section) const { return u16_at(message_, 4 + 2 * section); }

Name MessageReader::name() {
  Bytes wire;
  size_t from = at_;
  bool pointed = false;
  for (;;) {
    const auto length = uint8_t(message_[from]);
    if ((length & kPointerBits) == kPointerBits) {
      if (!pointed) at_ = from + 2;
      pointed = true;
      from = u16_at(message_, from) & kPointerTarget;
      continue;
    }
    wire += message_.substr(from, size_t(length) + 1);
    from += size_t(length) + 1;
    if (length == 0) break;
  }
  if (!pointed) at_ = from;
  auto name = Name::from_wire(wire);
  assert(name.has_value());
  return *std::move(name);
}

uint16_t MessageReader::u16() {
  at_ += 2;
  return u16_at(message_, at_ - 2);
}

MessageRecord MessageReader::record() {
  MessageRecord record;
  record.start = at_;
  record.owner = name();
  record.type = u16();
  record.rclass = u16();
  record.ttl = u32_at(message_, at_);
  at_ += 4;
  const size_t size = u16();
  record.rdata = message_.substr(at_, size);
  at_ += size;
  return record;
}

}  // namespace dnsserver
