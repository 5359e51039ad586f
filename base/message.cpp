#include "base/message.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/name.h"

namespace base {

namespace {

constexpr uint16_t kOpt = 41;
constexpr uint16_t kTsig = 250;

// Where the names stand in the RDATA of one type: a digit skips so many octets, 's' a character-string, 'h'
// the head of HIP (RFC 8005 §5), 'n' is a name, '*' repeats the name before it up to the end.
struct Layout {
  uint16_t type;
  std::string_view fields;
};

// Sorted by type: every type of RFC 1035 and later whose names ldns 1.8 reads with decompression.
constexpr auto kLayouts = std::to_array<Layout>({
    {2, "n"},    {3, "n"},    {4, "n"},    {5, "n"},   {6, "nn"},     {7, "n"},   {8, "n"},    // NS … MG
    {9, "n"},    {12, "n"},   {14, "nn"},  {15, "2n"}, {17, "nn"},    {18, "2n"}, {21, "2n"},  // MR … RT
    {24, "99n"}, {26, "2nn"}, {30, "n"},   {33, "6n"}, {35, "4sssn"}, {36, "2n"}, {39, "n"},  // SIG … DNAME
    {46, "99n"}, {47, "n"},   {55, "hn*"}, {58, "nn"}, {64, "2n"},    {65, "2n"}, {107, "2n"},  // RRSIG … LP
    {249, "n"},  {250, "n"},                                                                    // TKEY, TSIG
});

class Walk {
 public:
  explicit Walk(BytesView message) : message_(message), end_(message.size()) {}

  // REQUIRES: the message has a header.
  Result<void> whole() {
    const size_t counts[] = {uint16_at(4), uint16_at(6), uint16_at(8), uint16_at(10)};
    if (counts[0] + counts[1] + counts[2] + counts[3] > kMessageRecordsMax) return bad("too many records");
    at_ = kMessageHeaderSize;
    for (size_t i = 0; i < counts[0]; ++i) {
      CHECK(name());
      CHECK(skip(4));
    }
    for (size_t i = 0; i < counts[1] + counts[2]; ++i)
      CHECK(record(false, false));
    for (size_t i = 0; i < counts[3]; ++i)
      CHECK(record(true, i + 1 == counts[3]));
    if (at_ != end_) return bad("octets behind its last record");
    return {};
  }

 private:
  Result<void> record(bool additional, bool last) {
    const bool at_root = at_ < end_ && message_[at_] == 0;
    CHECK(name());
    const size_t fixed = at_;
    CHECK(skip(10));
    const uint16_t type = uint16_at(fixed);
    if (type == kOpt) {
      if (!additional || !at_root || has_opt_) return bad("a misplaced OPT record");
      has_opt_ = true;
    }
    if (type == kTsig && !last) return bad("a misplaced TSIG record");
    const size_t start = at_;
    CHECK(skip(uint16_at(fixed + 8)));
    return rdata(type, start, at_);
  }

  Result<void> rdata(uint16_t type, size_t start, size_t end) {
    const auto layout = std::ranges::lower_bound(kLayouts, type, {}, &Layout::type);
    if (start == end || layout == kLayouts.end() || layout->type != type) return {};  // empty: RFC 2136 §2.4
    at_ = start;
    const size_t whole_end = std::exchange(end_, end);
    for (const char field : layout->fields)
      CHECK(take(field));
    at_ = end;
    end_ = whole_end;
    return {};
  }

  Result<void> take(char field) {
    switch (field) {
      case 'n': return name();
      case 's': return skip(at_ < end_ ? 1 + uint8_at(at_) : 1);
      case 'h': return skip(at_ + 4 <= end_ ? 4 + uint8_at(at_) + uint16_at(at_ + 2) : 4);
      case '*':
        while (at_ < end_)
          CHECK(name());
        return {};
      default: return skip(size_t(field - '0'));
    }
  }

  // One name at at_, which then stands behind it. Every part of it that is not behind a pointer lies before
  // end_.
  Result<void> name() {
    size_t size = 0;
    size_t pointers = 0;
    size_t part = at_;  // where the labels since the last pointer began: the next must point before it
    size_t from = at_;  // where we read
    size_t behind = 0;  // where the message goes on, once a pointer was followed
    for (;;) {
      if (from >= end_) return bad("a name that runs out of it");
      const size_t length = uint8_at(from);
      if (length >= 0xc0) {
        if (from + 2 > end_) return bad("a name that runs out of it");
        const size_t target = uint16_at(from) & 0x3fff;
        if (target < kMessageHeaderSize || target >= part)
          return bad("a pointer that does not point backwards");
        if (++pointers > kNamePointersMax) return bad("a name with too many pointers");
        if (behind == 0) behind = from + 2;
        part = from = target;
        continue;
      }
      if (length > kLabelSizeMax) return bad("a label of unknown kind");
      from += 1 + length;
      size += 1 + length;
      if (size > kNameSizeMax) return bad("a name that is too long");  // so at most 127 labels
      if (length == 0) break;
    }
    if (from > end_) return bad("a name that runs out of it");
    at_ = behind == 0 ? from : behind;
    return {};
  }

  Result<void> skip(size_t count) {
    if (count > end_ - at_) return bad("a record that runs out of it");
    at_ += count;
    return {};
  }

  size_t uint8_at(size_t at) const { return uint8_t(message_[at]); }
  uint16_t uint16_at(size_t at) const { return uint16_t(uint8_at(at) << 8 | uint8_at(at + 1)); }

  static tl::unexpected<Error> bad(std::string_view what) {
    return fail(ErrorKind::malformed, "the DNS message has " + std::string(what));
  }

  BytesView message_;
  size_t end_;     // of what is being read: the message, or the RDATA in it
  size_t at_ = 0;  // never behind end_
  bool has_opt_ = false;
};

}  // namespace

Result<void> check_message(BytesView message) {
  if (message.size() < kMessageHeaderSize) return fail(ErrorKind::malformed, "the DNS message has no header");
  if (message.size() > kMessageSizeMax) return fail(ErrorKind::malformed, "the DNS message is too long");
  return Walk(message).whole();
}

}  // namespace base
