#include "base/base64url.h"

#include <array>

namespace base {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<int8_t, 256> make_values() {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i)
    values[uint8_t(kAlphabet[i])] = int8_t(i);
  return values;
}

constexpr std::array<int8_t, 256> kValues = make_values();

}  // namespace

std::string base64url(BytesView bytes) {
  std::string text((bytes.size() * 4 + 2) / 3, '\0');
  char* out = text.data();
  const auto octet = [&](size_t at) { return uint32_t(uint8_t(bytes[at])); };
  size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const uint32_t bits = octet(at) << 16 | octet(at + 1) << 8 | octet(at + 2);
    *out++ = kAlphabet[bits >> 18];
    *out++ = kAlphabet[bits >> 12 & 63];
    *out++ = kAlphabet[bits >> 6 & 63];
    *out++ = kAlphabet[bits & 63];
  }
  const size_t left = bytes.size() - at;
  if (left == 0) return text;
  const uint32_t bits = octet(at) << 16 | (left == 2 ? octet(at + 1) << 8 : 0);
  *out++ = kAlphabet[bits >> 18];
  *out++ = kAlphabet[bits >> 12 & 63];
  if (left == 2) *out = kAlphabet[bits >> 6 & 63];
  return text;
}

std::optional<Bytes> parse_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes(text.size() * 3 / 4, '\0');
  char* out = bytes.data();
  int32_t wrong = 0;  // negative once a character is none of the alphabet's
  const auto value = [&](size_t at) {
    const int32_t value = kValues[uint8_t(text[at])];
    wrong |= value;
    return uint32_t(value);
  };
  size_t at = 0;
  for (; at + 4 <= text.size(); at += 4) {
    const uint32_t bits = value(at) << 18 | value(at + 1) << 12 | value(at + 2) << 6 | value(at + 3);
    *out++ = char(bits >> 16);
    *out++ = char(bits >> 8);
    *out++ = char(bits);
  }
  const size_t left = text.size() - at;  // 0, 2 or 3
  bool is_whole = true;                  // no bits are left over
  if (left != 0) {
    const uint32_t bits = value(at) << 18 | value(at + 1) << 12 | (left == 3 ? value(at + 2) << 6 : 0);
    *out++ = char(bits >> 16);
    if (left == 3) *out = char(bits >> 8);
    is_whole = (bits & (left == 3 ? 0xffu : 0xffffu)) == 0;
  }
  if (wrong < 0 || !is_whole) return std::nullopt;
  return bytes;
}

}  // namespace base
