// The limits of ACME's subscribers: [acme.limits].
#include <gmock/gmock.h>

#include "base/config.h"

namespace base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(ConfigRates, AreGenerousAsTheyCome) {
  const Config::Acme::Limits limits = parse_config("", "t")->acme.limits;
  EXPECT_EQ(limits.new_accounts_per_address.count, 1000u);
  EXPECT_EQ(limits.new_orders_per_account.count, 0u);
  EXPECT_EQ(limits.account_changes.count, 20u);
  EXPECT_EQ(limits.account_changes.period, 1h);
  EXPECT_EQ(limits.certificates_per_domain.count, 0u);
  EXPECT_EQ(limits.certificates_per_names.count, 0u);
  EXPECT_EQ(limits.failed_validations.count, 60u);
}

TEST(ConfigRates, AreEachACountAndAPeriod) {
  const auto config = parse_config(R"(
[acme.limits]
new_accounts_per_address = { count = 1, period = "1h" }
new_orders_per_account = { count = 2, period = "2h" }
account_changes = { count = 5, period = "5h" }
certificates_per_domain = { count = 3, period = "3h" }
certificates_per_names = { count = 4, period = "4h" }
failed_validations = { count = 1000000, period = "90d" }
help = "https://corp.example/limits"
)",
                                   "t");
  ASSERT_TRUE(config) << config.error().detail;
  const Config::Acme::Limits& limits = config->acme.limits;
  const auto is = [](const Config::Acme::Rate& rate, uint64_t count, std::chrono::seconds period) {
    return rate.count == count && rate.period == period;
  };
  EXPECT_TRUE(is(limits.new_accounts_per_address, 1, 1h));
  EXPECT_TRUE(is(limits.new_orders_per_account, 2, 2h));
  EXPECT_TRUE(is(limits.account_changes, 5, 5h));
  EXPECT_TRUE(is(limits.certificates_per_domain, 3, 3h));
  EXPECT_TRUE(is(limits.certificates_per_names, 4, 4h));
  EXPECT_TRUE(is(limits.failed_validations, 1'000'000, std::chrono::days(90)));
  EXPECT_EQ(limits.help, "https://corp.example/limits");
  EXPECT_TRUE(
      is(parse_config("acme.limits.failed_validations.count=5", "t")->acme.limits.failed_validations, 5, 1h));
}

TEST(ConfigRates, SayWhatIsNotAllowed) {
  const std::pair<const char*, const char*> cases[] = {
      {"acme.limits.failed_validations.count=1000001", "a whole number from 0 to 1000000"},
      {"acme.limits.failed_validations.count=-1", "a whole number from 0 to 1000000"},
      {"acme.limits.failed_validations.period='999ms'", "a duration from \"1s\" to \"90d\""},
      {"acme.limits.failed_validations.period='91d'", "a duration from \"1s\" to \"90d\""},
      {"acme.limits.failed_validations=5", "acme.limits.failed_validations"},
      {"acme.limits.help='corp.example'", "acme.limits.help must be a URL"},
      {"acme.limits.new_orders.count=5", "there is no key acme.limits.new_orders"},
  };
  for (const auto& [text, mistake] : cases) {
    const auto parsed = parse_config(text, "t");
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().detail, HasSubstr(mistake));
  }
}

}  // namespace
}  // namespace base
