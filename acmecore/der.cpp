#include "acmecore/der.h"

#include <algorithm>

namespace acmecore::der {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;

namespace {

constexpr size_t kLengthOctetsMax = 4;  // 4 GiB, beyond every limit of our callers
constexpr std::string_view kUtcTimeLast = "20491231235959Z";

std::string digits(Time time);
base::Result<Time> parse_time(BytesView digits, int year_digits);

}  // namespace

Bytes element(uint8_t tag, BytesView content) {
  Bytes out = header(tag, content.size());
  out.reserve(out.size() + content.size());
  out.append(content);
  return out;
}

Bytes header(uint8_t tag, size_t content_size) {
  Bytes out(1, char(tag));
  if (content_size < 0x80) {
    out.push_back(char(content_size));
    return out;
  }
  Bytes length;
  for (size_t rest = content_size; rest > 0; rest >>= 8)
    length.insert(length.begin(), char(rest & 0xff));
  out.push_back(char(0x80 | length.size()));
  out += length;
  return out;
}

Bytes sequence(std::initializer_list<BytesView> elements) {
  size_t size = 0;
  for (BytesView part : elements)
    size += part.size();
  Bytes out = header(kSequence, size);
  out.reserve(out.size() + size);
  for (BytesView part : elements)
    out.append(part);
  return out;
}

Bytes oid(BytesView content) { return element(kOid, content); }
Bytes octet_string(BytesView content) { return element(kOctetString, content); }

Bytes bit_string(BytesView content) {
  Bytes with_unused_bits(1, '\0');
  with_unused_bits += content;
  return element(kBitString, with_unused_bits);
}

Bytes unsigned_integer(BytesView magnitude) {
  magnitude.remove_prefix(std::min(magnitude.find_first_not_of('\0'), magnitude.size()));
  const bool needs_zero = magnitude.empty() || (uint8_t(magnitude[0]) & 0x80) != 0;
  return element(kInteger, Bytes(needs_zero, '\0').append(magnitude));
}

Bytes time(Time time) {
  const std::string text = digits(time);
  // The first four of them are the year.
  return text <= kUtcTimeLast ? element(kUtcTime, text.substr(2)) : element(kGeneralizedTime, text);
}

Bytes generalized_time(Time time) { return element(kGeneralizedTime, digits(time)); }

Result<Element> Reader::next() {
  if (rest_.size() < 2) return fail(ErrorKind::malformed, "the DER ends within an element");
  const auto tag = uint8_t(rest_[0]);
  if ((tag & 0x1f) == 0x1f) return fail(ErrorKind::malformed, "the DER has a tag number above 30");
  size_t header = 2;
  size_t length = uint8_t(rest_[1]);
  if (length >= 0x80) {
    const size_t count = length & 0x7f;
    if (count == 0) return fail(ErrorKind::malformed, "the DER has an indefinite length");
    if (count > kLengthOctetsMax) return fail(ErrorKind::malformed, "the DER has a length that is too large");
    header += count;
    if (rest_.size() < header) return fail(ErrorKind::malformed, "the DER ends within a length");
    length = 0;
    for (size_t i = 2; i < header; ++i)
      length = (length << 8) | uint8_t(rest_[i]);
    if (length < 0x80 || length >> (8 * (count - 1)) == 0) {
      return fail(ErrorKind::malformed, "the DER has a length in more octets than it needs");
    }
  }
  if (rest_.size() - header < length) return fail(ErrorKind::malformed, "the DER ends within an element");
  const Element found{tag, rest_.substr(header, length), rest_.substr(0, header + length)};
  rest_.remove_prefix(header + length);
  return found;
}

Result<Element> Reader::next(uint8_t tag) {
  TRY(const Element found, next());
  if (found.tag != tag) {
    std::array<char, 64> text;
    std::snprintf(text.data(), text.size(), "the DER has an element 0x%02x where 0x%02x belongs", found.tag,
                  tag);
    return fail(ErrorKind::malformed, text.data());
  }
  return found;
}

Result<BytesView> Reader::integer() {
  TRY(const Element found, next(kInteger));
  const BytesView octets = found.content;
  if (octets.empty()) return fail(ErrorKind::malformed, "the DER has an INTEGER without octets");
  const bool high = octets.size() > 1 && (octets[1] & 0x80) != 0;
  if (octets.size() > 1 && ((octets[0] == '\0' && !high) || (octets[0] == '\xff' && high))) {
    return fail(ErrorKind::malformed, "the DER has an INTEGER in more octets than it needs");
  }
  return octets;
}

Result<BytesView> Reader::oid() {
  TRY(const Element found, next(kOid));
  const BytesView octets = found.content;
  bool arc_begins = true;
  for (char octet : octets) {
    if (arc_begins && octet == '\x80')
      return fail(ErrorKind::malformed, "the DER has an OID with a padded arc");
    arc_begins = (octet & 0x80) == 0;
  }
  if (octets.empty() || !arc_begins) return fail(ErrorKind::malformed, "the DER has an OID that is cut off");
  return octets;
}

Result<BytesView> Reader::bit_string() {
  TRY(const Element found, next(kBitString));
  if (found.content.empty() || found.content[0] != '\0') {
    return fail(ErrorKind::malformed, "the DER has a BIT STRING that is no whole number of octets");
  }
  return found.content.substr(1);
}

Result<bool> Reader::true_or_absent() {
  if (!next_is(kBoolean)) return false;
  TRY(const Element found, next());
  if (found.content != "\xff") return fail(ErrorKind::malformed, "the DER has a BOOLEAN that is not TRUE");
  return true;
}

Result<Time> Reader::time() {
  const bool short_form = next_is(kUtcTime);
  TRY(const Element found, next(short_form ? kUtcTime : kGeneralizedTime));
  TRY(const Time parsed, parse_time(found.content, short_form ? 2 : 4));
  if (der::time(parsed) != found.whole) {
    return fail(ErrorKind::malformed, "the DER has a time that is not written as RFC 5280 asks");
  }
  return parsed;
}

Result<void> Reader::end() const {
  if (!at_end()) return fail(ErrorKind::malformed, "the DER has octets where it should end");
  return {};
}

Result<BytesView> only(uint8_t tag, BytesView input) {
  Reader reader(input);
  TRY(const Element found, reader.next(tag));
  CHECK(reader.end());
  return found.content;
}

namespace {

// "20261123043000Z".
std::string digits(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  std::string text;
  base::append_digits(text, unsigned(int(date.year())), 4);
  for (const unsigned part : {unsigned(date.month()), unsigned(date.day()), unsigned(clock.hours().count()),
                              unsigned(clock.minutes().count()), unsigned(clock.seconds().count())}) {
    base::append_digits(text, part, 2);
  }
  return text += 'Z';
}

// Digits, then "Z". Fields out of range give another time or none; the caller writes it again and compares.
Result<Time> parse_time(BytesView text, int year_digits) {
  const auto bad = fail(ErrorKind::malformed, "the DER has a time that is not written as RFC 5280 asks");
  if (text.size() != size_t(year_digits) + 11 || text.back() != 'Z') return bad;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return bad;
  }
  const auto number = [&text](size_t at, int count) {
    int value = 0;
    for (int i = 0; i < count; ++i)
      value = value * 10 + (text[at + i] - '0');
    return value;
  };
  int year = number(0, year_digits);
  if (year_digits == 2) year += year < 50 ? 2000 : 1900;
  const size_t at = year_digits;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(number(at, 2)),
                                         std::chrono::day(number(at + 2, 2))};
  if (!date.ok()) return bad;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(number(at + 4, 2)) +
         std::chrono::minutes(number(at + 6, 2)) + std::chrono::seconds(number(at + 8, 2));
}

}  // namespace

}  // namespace acmecore::der
