#include "base/hexadecimal.h"

namespace base {

namespace {

// -1: it is no digit.
int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::string hexadecimal(BytesView octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(2 * octets.size(), '\0');
  for (size_t i = 0; i < octets.size(); ++i) {
    text[2 * i] = kDigits[uint8_t(octets[i]) >> 4];
    text[2 * i + 1] = kDigits[uint8_t(octets[i]) & 15];
  }
  return text;
}

std::optional<Bytes> parse_hexadecimal(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes octets;
  octets.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = value_of(text[i]);
    const int low = value_of(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    octets.push_back(char(high << 4 | low));
  }
  return octets;
}

}  // namespace base
