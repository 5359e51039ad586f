#include "base/ascii.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace base {
namespace {

TEST(Ascii, LowersLettersAndNothingElse) {
  EXPECT_EQ(lower("Corp.EXAMPLE"), "corp.example");
  for (int octet = 0; octet < 256; ++octet) {
    const bool is_upper = octet >= 'A' && octet <= 'Z';
    EXPECT_EQ(uint8_t(lower(char(octet))), is_upper ? octet + 32 : octet);
  }
}

TEST(Ascii, ComparesWithoutTheCaseOfLettersAlone) {
  EXPECT_TRUE(equal_without_case("", ""));
  EXPECT_TRUE(equal_without_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equal_without_case("Content-Type", "Content-Typ"));
  EXPECT_FALSE(equal_without_case("a", "b"));
  // Each differs by the bit that tells "a" from "A".
  EXPECT_FALSE(equal_without_case("[", "{"));
  EXPECT_FALSE(equal_without_case("@", "`"));
  EXPECT_FALSE(equal_without_case("+", "\x0b"));
  EXPECT_FALSE(equal_without_case("\xc4", "\xe4"));
}

TEST(Ascii, TrimsBlanksAndTabsAtBothEnds) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed("\na\r"), "\na\r");
}

}  // namespace
}  // namespace base
