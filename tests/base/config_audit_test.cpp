// [audit], and what tells one configuration from another.
#include <gmock/gmock.h>

#include "base/config.h"

namespace base {
namespace {

using testing::HasSubstr;

TEST(ConfigAudit, KeepsEntriesForTwoYearsBehindTheirCertificates) {
  EXPECT_EQ(parse_config("", "t")->audit.retention, std::chrono::days(1200));
}

TEST(ConfigAudit, KeepsItsBounds) {
  EXPECT_EQ(parse_config("audit.retention = '1d'", "t")->audit.retention, std::chrono::days(1));
  EXPECT_EQ(parse_config("audit.retention = '36500d'", "t")->audit.retention, std::chrono::days(36'500));
  for (const char* bad : {"audit.retention = '23h'", "audit.retention = '36501d'", "audit.retention = 5",
                          "audit.keep = '5d'", "audit = 5"}) {
    const auto parsed = parse_config(bad, "t");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_THAT(parsed.error().detail, HasSubstr("audit"));
  }
}

// As sha256sum has it.
TEST(ConfigSha256, IsThatOfTheText) {
  EXPECT_EQ(parse_config("", "t")->sha256,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_NE(parse_config("# a comment", "t")->sha256, parse_config("# a Comment", "t")->sha256);
  EXPECT_EQ(Config().sha256, "");
}

}  // namespace
}  // namespace base
