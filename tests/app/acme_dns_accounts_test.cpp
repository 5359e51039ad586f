#include "app/cli/acme_dns_accounts.h"

#include <gmock/gmock.h>

namespace app {
namespace {

using base::Time;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kHash = "$2a$10$abcdefghijklmnopqrstuZ0123456789abcdefghijklmnopqrstu";
constexpr int64_t kNow = 1'790'000'000;
constexpr int64_t kWeek = 7 * 24 * 60 * 60;

AcmeDnsAccounts read(const AcmeDnsDatabase& database) {
  return accounts_of(database, base::Name::parse("auth.corp.test").value(), Time(std::chrono::seconds(kNow)));
}

TEST(AcmeDnsAccounts, AreTheNamesUnderTheDomain) {
  const AcmeDnsAccounts all = read({.accounts = {{"u1", kHash, "S1", "[]"}}, .values = {}});
  ASSERT_THAT(all.accounts, SizeIs(1));
  EXPECT_EQ(all.accounts[0].user_name(), "u1");
  EXPECT_EQ(all.accounts[0].password_hash(), kHash);
  EXPECT_EQ(all.accounts[0].name(), "S1.auth.corp.test.");
  EXPECT_THAT(all.accounts[0].sources(), IsEmpty());
  EXPECT_THAT(all.left_out, IsEmpty());
}

TEST(AcmeDnsAccounts, KeepTheirNetworks) {
  const AcmeDnsAccounts all =
      read({.accounts = {{"u1", kHash, "s1", "[\"192.168.100.1/24\",\"2002:c0a8:2a00::0/40\"]"},
                         {"u2", kHash, "s2", "null"},
                         {"u3", kHash, "s3", ""}},
            .values = {}});
  ASSERT_THAT(all.accounts, SizeIs(3));
  EXPECT_THAT(all.accounts[0].sources(), ElementsAre("192.168.100.1/24", "2002:c0a8:2a00::0/40"));
  EXPECT_THAT(all.accounts[1].sources(), IsEmpty());
  EXPECT_THAT(all.accounts[2].sources(), IsEmpty());
}

TEST(AcmeDnsAccounts, ThatCannotBeKeptAsTheyAreAreLeftOutWithTheReason) {
  const AcmeDnsAccounts all = read({.accounts = {{"", kHash, "s0", "[]"},
                                                 {"u1", "plain", "s1", "[]"},
                                                 {"u2", kHash, "", "[]"},
                                                 {"u3", kHash, "s3", "[\"192.0.2.0/33\"]"},
                                                 {"u4", kHash, "s4", "{}"},
                                                 {"u5", kHash, "s5", "[1]"},
                                                 {"u6", kHash, "s6", "["},
                                                 {"u7", kHash, std::string(64, 'x'), "[]"}},
                                    .values = {{"s3", "value", kNow}}});
  EXPECT_THAT(all.accounts, IsEmpty());
  ASSERT_THAT(all.left_out, SizeIs(8));
  EXPECT_EQ(all.left_out[0].why, "it has no user name");
  EXPECT_EQ(all.left_out[3].what, "account u3 (s3)");
  EXPECT_EQ(all.left_out[4].why, "AllowFrom is no list");
  EXPECT_EQ(all.left_out[5].why, "AllowFrom holds something else than networks");
}

TEST(AcmeDnsAccounts, KeepValuesForAWeekAfterTheyWerePosted) {
  const AcmeDnsAccounts all = read({.accounts = {{"u1", kHash, "s1", "[]"}},
                                    .values = {{"s1", "", 0},
                                               {"s1", "old", kNow - kWeek},
                                               {"s1", "live", kNow - kWeek + 1},
                                               {"s1", std::string(256, 'x'), kNow},
                                               {"gone", "value", kNow}}});
  ASSERT_THAT(all.accounts, SizeIs(1));
  ASSERT_THAT(all.accounts[0].values(), SizeIs(1));
  EXPECT_EQ(all.accounts[0].values(0).value(), "live");
  EXPECT_EQ(all.accounts[0].values(0).expire_time().seconds(), kNow + 1);
  EXPECT_EQ(all.old_value_count, 2u);
  EXPECT_THAT(all.left_out,
              ElementsAre(AcmeDnsAccounts::LeftOut{"a value of gone", "there is no such account"}));
}

}  // namespace
}  // namespace app
