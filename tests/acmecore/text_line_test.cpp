#include "acmecore/text_line.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

std::string fault(std::string_view text, size_t size_max = 10) {
  const auto checked = check_line("reason", text, size_max);
  if (checked) return "";
  EXPECT_EQ(checked.error().kind, base::ErrorKind::malformed);
  return checked.error().detail;
}

TEST(TextLine, IsUtf8WithoutControlCharacters) {
  for (const char* good : {"", "a", "team web", "\u00e9\u20ac", "\U0001F512"})
    EXPECT_EQ(fault(good), "") << good;
  for (const char* bad : {"a\nb", "a\tb", "a\x7F", "\x1b[1m", "\xC3", "\xFF", "\xC0\x80"})
    EXPECT_EQ(fault(bad), "the reason has a character that no line of text has") << bad;
  EXPECT_NE(fault(std::string_view("a\0", 2)), "");
}

TEST(TextLine, IsMeasuredInOctets) {
  EXPECT_EQ(fault("1234567890"), "");
  EXPECT_EQ(fault("12345678901"), "the reason is longer than 10 octets");
  EXPECT_EQ(fault("12345678\u00e9"), "");
  EXPECT_NE(fault("123456789\u00e9"), "");
}

}  // namespace
}  // namespace acmecore
