#include "dnsserver/response.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr uint16_t kPointer = 0xc000;
constexpr size_t kPointerTargetMax = 0x3fff;

constexpr size_t kTtl = 6;  // offsets in a record whose owner is a pointer
constexpr size_t kRdlength = 10;
constexpr size_t kSoaTailSize = 20;

constexpr size_t kOptSize = 11;
constexpr uint16_t kDnssecOkBit = 0x8000;
constexpr uint16_t kExtendedErrorOption = 15;

size_t size_max(const Query& query, Transport transport) {
  if (transport != Transport::udp) return kTcpSizeMax;
  return std::clamp(query.edns ? query.edns->payload_size : kUdpSizeMin, kUdpSizeMin, kUdpSizeMax);
}

}  // namespace

ResponseWriter::ResponseWriter(BytesView query, std::span<char> buffer)
    : query_(query), buffer_(buffer.data()), buffer_size_(buffer.size()), query_flags_(u16_at(query, 2)) {
  assert(query.size() >= kHeaderSize && buffer.size() >= kUdpSizeMax);
  if (buffer_ != query.data()) std::memcpy(buffer_, query.data(), 2);
}

Response ResponseWriter::header_only(Rcode rcode) {
  put_u16(buffer_ + 2, uint16_t(kQr | (query_flags_ & kOpcode) | uint16_t(rcode)));
  std::memset(buffer_ + 4, 0, kHeaderSize - 4);
  return {kHeaderSize, rcode};
}

void ResponseWriter::start(const Query& query, Transport transport) {
  if (buffer_ != query_.data()) {
    std::memcpy(buffer_ + kHeaderSize, query_.data() + kHeaderSize, query.question_end - kHeaderSize);
  }
  size_ = question_end_ = query.question_end;
  edns_ = query.edns;
  limit_ = std::min(buffer_size_, size_max(query, transport)) - (edns_ ? kOptSize : 0);
}

size_t ResponseWriter::add(Section section, const RRsetView& rrset, size_t owner) {
  if (truncated_ || broken_) return 0;
  if (rrset.records.size() > limit_ - size_ || owner > kPointerTargetMax) return truncated_ = true, 0;
  const size_t at = size_;
  std::memcpy(buffer_ + at, rrset.records.data(), rrset.records.size());
  size_ += rrset.records.size();
  if (owner != kHeaderSize && !rename(at, rrset.count, owner)) return broken_ = true, 0;
  counts_[size_t(section)] = uint16_t(counts_[size_t(section)] + rrset.count);
  return at;
}

// Nodes are rendered with an owner that points to the question. These records have another.
bool ResponseWriter::rename(size_t at, size_t count, size_t owner) {
  for (; count > 0; --count) {
    if (size_ - at < kRecordHeaderSize) return false;
    put_u16(buffer_ + at, uint16_t(kPointer | owner));
    at = next_record(at);
    if (at > size_) return false;
  }
  return at == size_;
}

size_t ResponseWriter::add_denial(const RRsetView& soa, size_t owner) {
  const size_t at = add(Section::authority, soa, owner);
  if (at == 0) return 0;
  if (soa.count != 1 || size_ - at < kRecordHeaderSize + kSoaTailSize) return broken_ = true, 0;
  const uint32_t minimum = u32_at(written(), size_ - 4);
  put_u32(buffer_ + at + kTtl, std::min(u32_at(written(), at + kTtl), minimum));
  return at;
}

size_t ResponseWriter::read_target(size_t record, LoweredName& target) {
  const size_t rdata = record + kRecordHeaderSize;
  const bool is_name = rdata <= size_ && next_record(record) <= size_ &&
                       target.read(written().substr(0, next_record(record)), rdata) == next_record(record);
  if (!is_name) return broken_ = true, 0;
  return rdata;
}

size_t ResponseWriter::next_record(size_t record) const {
  return record + kRecordHeaderSize + u16_at(written(), record + kRdlength);
}

Response ResponseWriter::finish(Rcode rcode, std::optional<ExtendedError> error) {
  if (broken_) {
    rcode = Rcode::servfail;
    error = ExtendedError::invalid_data;
    authoritative_ = truncated_ = false;
  }
  if (broken_ || truncated_) {
    size_ = question_end_;
    std::fill(std::begin(counts_), std::end(counts_), 0);
  }
  put_u16(buffer_ + 2, uint16_t(kQr | (query_flags_ & (kRd | kCd)) | (authoritative_ ? kAa : 0) |
                                (truncated_ ? kTc : 0) | (uint16_t(rcode) & kRcode)));
  put_u16(buffer_ + 4, 1);
  put_u16(buffer_ + 6, counts_[0]);
  put_u16(buffer_ + 8, counts_[1]);
  put_u16(buffer_ + 10, uint16_t(counts_[2] + (edns_ ? 1 : 0)));
  if (edns_) write_opt(rcode, error);
  return {size_, rcode};
}

// Version 0, whatever the query's; of its flags only DO, and none of its options (RFC 6891 §6.1.3, §6.1.4).
void ResponseWriter::write_opt(Rcode rcode, std::optional<ExtendedError> error) {
  char* opt = buffer_ + size_;
  opt[0] = '\0';
  put_u16(opt + 1, kTypeOpt);
  put_u16(opt + 3, kUdpSizeMax);
  put_u16(opt + 5, uint16_t(unsigned(rcode) >> 4 << 8));
  put_u16(opt + 7, edns_->dnssec_ok ? kDnssecOkBit : 0);
  put_u16(opt + 9, error ? 6 : 0);
  if (error) {
    put_u16(opt + 11, kExtendedErrorOption);
    put_u16(opt + 13, 2);
    put_u16(opt + 15, uint16_t(*error));
  }
  size_ += kOptSize + (error ? 6 : 0);
}

}  // namespace dnsserver
