#include "app/alias_targets_adapter.h"

#include <gtest/gtest.h>

#include "tests/support/run_task.h"

namespace app {
namespace {

using base::ErrorKind;
using base::Name;

Name name(std::string_view text) { return Name::parse(text).value(); }

// Every challenge of a name leads to the same name below acme.test.
class LeadingSomewhere final : public acmecore::Validation {
 public:
  base::Task<acmecore::Verdict> dns01(Name, std::string) override { co_return acmecore::Verdict(); }
  base::Task<base::Result<acmecore::ChallengePath>> challenge_path(Name identifier) override {
    if (identifier == name("dark.test")) co_return base::fail(ErrorKind::dns, "no answer");
    acmecore::ChallengePath path;
    path.names = {identifier.prepend("_acme-challenge").value(), name("x.hop.test"), name("y.acme.test")};
    co_return path;
  }
};

TEST(AliasTargets, AreWhereTheChallengeOfTheNameLeads) {
  LeadingSomewhere validation;
  AliasTargetsAdapter targets;
  targets.set(validation);
  EXPECT_EQ(support::run_task(targets.target(name("_ACME-challenge.www.corp.test"))), name("y.acme.test"));
  EXPECT_EQ(support::run_task(targets.target(name("_acme-challenge.dark.test"))).error().kind,
            ErrorKind::dns);
}

TEST(AliasTargets, AreOfChallengesOnly) {
  LeadingSomewhere validation;
  AliasTargetsAdapter targets;
  targets.set(validation);
  for (std::string_view other :
       {"www.corp.test", "x._acme-challenge.corp.test", "corp.test", "_acme-challenge", "."}) {
    EXPECT_EQ(support::run_task(targets.target(name(other))).error().kind, ErrorKind::malformed) << other;
  }
}

TEST(AliasTargets, AreUnavailableWithoutAResolver) {
  AliasTargetsAdapter targets;
  EXPECT_EQ(support::run_task(targets.target(name("_acme-challenge.www.corp.test"))).error().kind,
            ErrorKind::unavailable);
}

}  // namespace
}  // namespace app
