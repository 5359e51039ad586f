// acme.auto_renewal, and each directory's.
#include <gmock/gmock.h>

#include "base/config.h"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ConfigAutoRenewal, IsOffAsItComes) {
  const auto renewal = parse_config("", "t")->acme.preset.auto_renewal;
  EXPECT_EQ(renewal.max_duration, 0s);
  EXPECT_EQ(renewal.min_lifetime, 24h);
  EXPECT_FALSE(renewal.allow_certificate_get);
}

TEST(ConfigAutoRenewal, IsAsTheSectionSaysUnlessTheDirectorySaysOtherwise) {
  const auto config = parse_config(R"(
[acme.auto_renewal]
max_duration = "398d"
min_lifetime = "2h"
allow_certificate_get = true
[[acme.directory]]
name = "a"
[[acme.directory]]
name = "b"
auto_renewal = { max_duration = "0s" }
)",
                                   "t");
  ASSERT_TRUE(config) << config.error().detail;
  const auto& directories = config->acme.directories;
  EXPECT_EQ(directories[0].auto_renewal.max_duration, std::chrono::days(398));
  EXPECT_EQ(directories[0].auto_renewal.min_lifetime, 2h);
  EXPECT_TRUE(directories[0].auto_renewal.allow_certificate_get);
  EXPECT_EQ(directories[1].auto_renewal.max_duration, 0s);
  EXPECT_EQ(directories[1].auto_renewal.min_lifetime, 2h);
}

TEST(ConfigAutoRenewal, KeepsItsBounds) {
  for (const char* bad : {"max_duration = '399d'", "max_duration = '-1s'", "min_lifetime = '119m'",
                          "min_lifetime = '399d'", "allow_certificate_get = 'yes'", "lifetime = '1d'"}) {
    const auto parsed = parse_config(std::string("[acme.auto_renewal]\n") + bad, "t");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_THAT(parsed.error().detail, HasSubstr("acme.auto_renewal"));
  }
  EXPECT_FALSE(parse_config("[[acme.directory]]\nname = 'star-certificate'", "t"));
}

}  // namespace
}  // namespace base
