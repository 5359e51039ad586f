#include "validator/txt.h"

#include <gtest/gtest.h>

#include "tests/support/dns_message.h"

namespace validator {
namespace {

using base::Bytes;
using support::txt;

TEST(TxtValue, JoinsItsStrings) {
  EXPECT_EQ(txt_value(txt("abcd")), "abcd");
  EXPECT_EQ(txt_value(txt({"ab", "", "cd"})), "abcd");
  EXPECT_EQ(txt_value(txt("")), "");
  EXPECT_EQ(txt_value(txt({std::string(255, 'x'), "y"})), std::string(255, 'x') + "y");
}

TEST(TxtValue, IsRefusedWhereAStringRunsOutOfTheRdata) {
  EXPECT_FALSE(txt_value(Bytes("\5abcd")));
  EXPECT_FALSE(txt_value(txt("ab") + "\1"));
  EXPECT_TRUE(txt_value(txt("ab") + Bytes(1, '\0')));
}

TEST(TxtPresentation, HasEachStringInQuotesAndWhole) {
  EXPECT_EQ(txt_presentation(txt({"ab", "", "c\"d"})), "\"ab\" \"\" \"c\\\"d\"");
  const std::string longest(255, 'x');
  EXPECT_EQ(txt_presentation(txt(longest)), "\"" + longest + "\"");
  EXPECT_FALSE(txt_presentation(Bytes("\5abcd")));
}

TEST(Shown, QuotesAndEscapesWhatATerminalShouldNotSee) {
  EXPECT_EQ(shown("plain text"), "\"plain text\"");
  EXPECT_EQ(shown(R"(a"b\c)"), R"("a\"b\\c")");
  EXPECT_EQ(shown(Bytes("\r\n\x1b[31m\0\x7f\xff", 10)), R"("\013\010\027[31m\000\127\255")");
}

TEST(Shown, IsCutAtItsLimitAndSaysHowLongItWas) {
  EXPECT_EQ(shown(std::string(kShownOctetsMax, 'x')), "\"" + std::string(kShownOctetsMax, 'x') + "\"");
  EXPECT_EQ(shown(std::string(kShownOctetsMax + 1, 'x')),
            "\"" + std::string(kShownOctetsMax, 'x') + "…\" (101 octets)");
}

}  // namespace
}  // namespace validator
