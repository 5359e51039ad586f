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
constexpr size_t kOptionHeaderSize = 4;
constexpr size_t kOptRcode = 5;  // offsets in an OPT record
constexpr size_t kOptRdlength = 9;

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
  return {.size = kHeaderSize, .rcode = rcode};
}

void ResponseWriter::start(const Query& query, Transport transport) {
  if (buffer_ != query_.data()) {
    std::memcpy(buffer_ + kHeaderSize, query_.data() + kHeaderSize, query.question_end - kHeaderSize);
  }
  size_ = question_end_ = query.question_end;
  edns_ = query.edns ? &*query.edns : nullptr;
  limit_ = std::min(buffer_size_, size_max(query, transport)) - (edns_ ? kOptSize : 0);
}

void ResponseWriter::add_option(uint16_t code, BytesView data) {
  assert(edns_ != nullptr && options_size_ + kOptionHeaderSize + data.size() <= kOptionsSizeMax);
  put_u16(options_ + options_size_, code);
  put_u16(options_ + options_size_ + 2, uint16_t(data.size()));
  std::memcpy(options_ + options_size_ + kOptionHeaderSize, data.data(), data.size());
  options_size_ += kOptionHeaderSize + data.size();
  limit_ -= kOptionHeaderSize + data.size();
}

void ResponseWriter::add_cookie(const CookieReply& cookie) {
  cookie_ = cookie.state;
  add_option(kOptionCookie, {cookie.octets.data(), cookie.octets.size()});
}

size_t ResponseWriter::add(Section section, const RRsetView& rrset, size_t owner) {
  if (truncated_ || broken_) return 0;
  if (size_ + rrset.records.size() > limit_ || owner > kPointerTargetMax) return truncated_ = true, 0;
  const size_t at = size_;
  std::memcpy(buffer_ + at, rrset.records.data(), rrset.records.size());
  size_ += rrset.records.size();
  if (owner != kHeaderSize && !rename(at, rrset.count, owner)) return set_broken(), 0;
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
  kind_ = ResponseKind::denial;
  const size_t at = add(Section::authority, soa, owner);
  if (at == 0) return 0;
  if (soa.count != 1 || size_ - at < kRecordHeaderSize + kSoaTailSize) return set_broken(), 0;
  const uint32_t minimum = u32_at(written(), size_ - 4);
  put_u32(buffer_ + at + kTtl, std::min(u32_at(written(), at + kTtl), minimum));
  return at;
}

size_t ResponseWriter::read_target(size_t record, LoweredName& target) {
  const size_t rdata = record + kRecordHeaderSize;
  const bool is_name = rdata <= size_ && next_record(record) <= size_ &&
                       target.read(written().substr(0, next_record(record)), rdata) == next_record(record);
  if (!is_name) return set_broken(), 0;
  return rdata;
}

size_t ResponseWriter::next_record(size_t record) const {
  return record + kRecordHeaderSize + u16_at(written(), record + kRdlength);
}

std::optional<size_t> ResponseWriter::add_synthesized(size_t dname, size_t owner, size_t prefix_size) {
  const size_t target_size = u16_at(written(), dname + kRdlength);
  if (prefix_size + target_size > base::kNameSizeMax) return std::nullopt;
  const size_t size = kRecordHeaderSize + prefix_size + target_size;
  if (size_ + size > limit_ || owner > kPointerTargetMax) return truncated_ = true, 0;
  const size_t at = size_;
  std::memcpy(buffer_ + at, buffer_ + dname, kRecordHeaderSize);  // class and TTL
  put_u16(buffer_ + at, uint16_t(kPointer | owner));
  put_u16(buffer_ + at + 2, kTypeCname);
  put_u16(buffer_ + at + kRdlength, uint16_t(prefix_size + target_size));
  std::memcpy(buffer_ + at + kRecordHeaderSize, buffer_ + owner, prefix_size);
  std::memcpy(buffer_ + at + kRecordHeaderSize + prefix_size, buffer_ + dname + kRecordHeaderSize,
              target_size);
  size_ += size;
  ++counts_[size_t(Section::answer)];
  return at;
}

Response ResponseWriter::finish(Rcode rcode, std::optional<ExtendedError> error) {
  if (broken_) {
    rcode = Rcode::servfail;
    error = broken_;
    authoritative_ = truncated_ = false;
  }
  if (broken_ || truncated_) {
    size_ = question_end_;
    std::fill(std::begin(counts_), std::end(counts_), 0);
  }
  put_u16(buffer_ + 2, uint16_t(kQr | (query_flags_ & (kRd | kCd)) | (authoritative_ ? kAa : 0) |
                                (truncated_ ? kTc : 0) | (uint16_t(rcode) & kRcode)));
  put_u16(buffer_ + 4, question_end_ > kHeaderSize ? 1 : 0);
  put_u16(buffer_ + 6, counts_[0]);
  put_u16(buffer_ + 8, counts_[1]);
  put_u16(buffer_ + 10, uint16_t(counts_[2] + (edns_ ? 1 : 0)));
  const size_t opt = size_;
  if (edns_) {
    if (error) {
      const char code[] = {char(uint16_t(*error) >> 8), char(uint16_t(*error) & 0xff)};
      add_option(kOptionExtendedError, {code, sizeof code});
    }
    write_opt(rcode);
  }
  const bool is_error = rcode != Rcode::noerror && rcode != Rcode::nxdomain && rcode != Rcode::yxdomain;
  return {.size = size_,
          .rcode = rcode,
          .kind = is_error ? ResponseKind::error : kind_,
          .cookie = cookie_,
          .question_end = question_end_,
          .opt_size = size_ - opt};
}

// Version 0, whatever the query's; of its flags only DO, and of its options those that have an answer (RFC 6891
// §6.1.3, §6.1.4).
void ResponseWriter::write_opt(Rcode rcode) {
  char* opt = buffer_ + size_;
  opt[0] = '\0';
  put_u16(opt + 1, kTypeOpt);
  put_u16(opt + 3, kUdpSizeMax);
  put_u16(opt + kOptRcode, uint16_t(unsigned(rcode) >> 4 << 8));
  put_u16(opt + 7, edns_->dnssec_ok ? kDnssecOkBit : 0);
  put_u16(opt + kOptRdlength, uint16_t(options_size_));
  std::memcpy(opt + kOptSize, options_, options_size_);
  const size_t at = size_;
  size_ += kOptSize + options_size_;
  if (padded_) write_padding(at);
}

// As much as there is room for, where a whole block would be more than a message holds.
void ResponseWriter::write_padding(size_t opt) {
  const size_t blocks = (size_ + kOptionHeaderSize + kPaddingBlockSize - 1) / kPaddingBlockSize;
  const size_t padded_size = std::min({blocks * kPaddingBlockSize, kTcpSizeMax, buffer_size_});
  if (padded_size < size_ + kOptionHeaderSize) return;
  const size_t data_size = padded_size - size_ - kOptionHeaderSize;
  put_u16(buffer_ + size_, kOptionPadding);
  put_u16(buffer_ + size_ + 2, uint16_t(data_size));
  std::memset(buffer_ + size_ + kOptionHeaderSize, 0, data_size);
  put_u16(buffer_ + opt + kOptRdlength, uint16_t(padded_size - opt - kOptSize));
  size_ = padded_size;
}

namespace {

// Leaves question and OPT record, and of the header what is not a count.
size_t drop_records(const Response& response, std::span<char> buffer) {
  std::memmove(buffer.data() + response.question_end, buffer.data() + response.size - response.opt_size,
               response.opt_size);
  std::memset(buffer.data() + 6, 0, kHeaderSize - 6);
  put_u16(buffer.data() + 10, response.opt_size > 0 ? 1 : 0);
  return response.question_end + response.opt_size;
}

}  // namespace

Response truncated(const Response& response, std::span<char> buffer) {
  Response cut = response;
  cut.size = drop_records(response, buffer);
  buffer[2] = char(uint8_t(buffer[2]) | kTc >> 8);
  return cut;
}

Response badcookie(const Response& response, std::span<char> buffer) {
  assert(response.opt_size > 0);
  Response refused = response;
  refused.size = drop_records(response, buffer);
  refused.rcode = Rcode::badcookie;
  refused.kind = ResponseKind::error;
  buffer[2] = char(uint8_t(buffer[2]) & ~((kAa | kTc) >> 8));
  buffer[3] = char((uint8_t(buffer[3]) & ~kRcode) | (uint8_t(Rcode::badcookie) & kRcode));
  buffer[response.question_end + kOptRcode] = char(uint8_t(Rcode::badcookie) >> 4);
  return refused;
}

}  // namespace dnsserver
