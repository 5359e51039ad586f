// [acme.pausing].
#include <gmock/gmock.h>

#include "base/config.h"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ConfigPausing, IsOffAsItComes) {
  const Config::Acme::Pausing pausing = parse_config("", "t")->acme.pausing;
  EXPECT_EQ(pausing.after, 0u);
  EXPECT_EQ(pausing.period, std::chrono::days(90));
}

TEST(ConfigPausing, KeepsItsBounds) {
  const auto config = parse_config("acme.pausing = { after = 1000000, period = '398d' }", "t");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->acme.pausing.after, 1'000'000u);
  EXPECT_EQ(config->acme.pausing.period, std::chrono::days(398));
  EXPECT_TRUE(parse_config("acme.pausing = { after = 0, period = '1h' }", "t"));
  for (const char* bad :
       {"acme.pausing.after = 1000001", "acme.pausing.after = -1", "acme.pausing.period = '59m'",
        "acme.pausing.period = '399d'", "acme.pausing = 5", "acme.pausing.count = 5"}) {
    const auto parsed = parse_config(bad, "t");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_THAT(parsed.error().detail, HasSubstr("acme.pausing"));
  }
}

TEST(ConfigPausing, NoDirectoryIsNamedAsItsPages) {
  EXPECT_FALSE(parse_config("[[acme.directory]]\nname = 'unpause'", "t"));
  EXPECT_TRUE(parse_config("[[acme.directory]]\nname = 'unpaused'", "t"));
}

}  // namespace
}  // namespace base
