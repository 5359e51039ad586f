#include "acmecore/requester.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace acmecore {
namespace {

// g++ 12 destroys an aggregate's temporary in an awaited call twice.
TEST(Requester, NeitherItNorAnActorIsAnAggregate) {
  EXPECT_FALSE(std::is_aggregate_v<Actor>);
  EXPECT_FALSE(std::is_aggregate_v<Requester>);
}

TEST(Requester, AnActorIsNobodyUntilItIsSaidWho) {
  EXPECT_EQ(Actor(), (Actor{"", "", ""}));
  EXPECT_NE(Actor(), (Actor{"", "", "192.0.2.1"}));
}

TEST(Requester, ActsByCredentialAccountAndAddress) {
  Account account;
  account.id = "a1";
  account.principal = "host";
  EXPECT_EQ(Requester(account, "192.0.2.1").actor(), (Actor{"host", "a1", "192.0.2.1"}));
  EXPECT_EQ(Requester(account).actor(), (Actor{"host", "a1", ""}));
}

}  // namespace
}  // namespace acmecore
