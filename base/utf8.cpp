#include "base/utf8.h"

#include <cstdint>

namespace base {

namespace {

// The lengths, and the bounds of the second octet, in the table of RFC 3629 §4.
struct Form {
  size_t size;
  uint8_t second_min = 0x80;
  uint8_t second_max = 0xBF;
};

Form form_of(uint8_t first) {
  if (first < 0x80) return {1};
  if (first >= 0xC2 && first <= 0xDF) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first >= 0xE1 && first <= 0xEF) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first >= 0xF1 && first <= 0xF3) return {4};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

size_t utf8_character_size(std::string_view text) {
  if (text.empty()) return 0;
  const Form form = form_of(uint8_t(text[0]));
  if (form.size > text.size()) return 0;
  for (size_t i = 1; i < form.size; ++i) {
    const uint8_t octet = uint8_t(text[i]);
    const uint8_t min = i == 1 ? form.second_min : 0x80;
    const uint8_t max = i == 1 ? form.second_max : 0xBF;
    if (octet < min || octet > max) return 0;
  }
  return form.size;
}

}  // namespace base
