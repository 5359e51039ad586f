#include "app/validation_adapter.h"

#include <gmock/gmock.h>

#include "tests/support/run_task.h"
#include "tests/validator/scripted_resolver.h"

namespace app {
namespace {

using base::Name;
using testing::ElementsAre;
using testing::HasSubstr;
using validator::Outcome;

class ValidationAdapterTest : public testing::Test {
 protected:
  static Name name(std::string_view text) { return Name::parse(text).value(); }

  acmecore::Verdict dns01(const std::string& expected) {
    return support::run_task(adapter_.dns01(name("corp.test"), expected));
  }

  validator::ScriptedResolver resolver_;
  base::ManualClock clock_{base::parse_rfc3339("2026-11-23T04:30:00Z").value()};
  validator::Dns01 dns01_{resolver_, clock_};
  ValidationAdapter adapter_{dns01_};
};

TEST_F(ValidationAdapterTest, PassesAProofOnWithItsEvidence) {
  resolver_.script(
      "_acme-challenge.corp.test",
      {validator::secure(validator::by_cname({"7f3k.acme.test"}, validator::txt_rrset({"value"})))});
  const acmecore::Verdict verdict = dns01("value");
  EXPECT_TRUE(verdict.outcome);
  ASSERT_EQ(verdict.evidence.size(), 1u);
  const acmecore::Observation& seen = verdict.evidence[0];
  EXPECT_EQ(seen.perspective, "primary");
  EXPECT_EQ(seen.name, name("_acme-challenge.corp.test"));
  EXPECT_EQ(seen.type, "TXT");
  EXPECT_EQ(seen.asked, clock_.now());
  EXPECT_THAT(seen.path, ElementsAre(name("_acme-challenge.corp.test"), name("7f3k.acme.test")));
  EXPECT_EQ(seen.result, "NOERROR");
  EXPECT_THAT(seen.values, ElementsAre("\"value\""));
  EXPECT_EQ(seen.security, "secure");
  EXPECT_EQ(sentence(seen),
            "asked for _acme-challenge.corp.test. TXT, got NOERROR \"value\" at 7f3k.acme.test. (secure)");
}

TEST_F(ValidationAdapterTest, PassesAnErrorOn) {
  resolver_.script("_acme-challenge.corp.test", {validator::failed(Outcome::timeout)});
  const acmecore::Verdict verdict = dns01("value");
  ASSERT_FALSE(verdict.outcome);
  EXPECT_EQ(verdict.outcome.error().kind, base::ErrorKind::dns);
  EXPECT_EQ(verdict.evidence.at(0).result, "timeout");
}

TEST_F(ValidationAdapterTest, SaysWhyAnAnswerIsBogus) {
  resolver_.script("_acme-challenge.corp.test",
                   {validator::bogus(validator::txt_rrset({"value"}), "signature expired")});
  const acmecore::Verdict verdict = dns01("value");
  ASSERT_FALSE(verdict.outcome);
  EXPECT_EQ(verdict.evidence.at(0).security, "bogus: signature expired");
}

TEST_F(ValidationAdapterTest, FindsWhereAChallengeLeads) {
  resolver_.script("_acme-challenge.corp.test",
                   {validator::by_cname({"7f3k.acme.test"}, validator::failed(Outcome::nxdomain))});
  const auto path = support::run_task(adapter_.challenge_path(name("corp.test")));
  ASSERT_TRUE(path);
  EXPECT_THAT(path->names, ElementsAre(name("_acme-challenge.corp.test"), name("7f3k.acme.test")));
}

TEST_F(ValidationAdapterTest, SaysWhyItCannotFindOut) {
  resolver_.script("_acme-challenge.corp.test", {validator::failed(Outcome::servfail, "lame")});
  const auto path = support::run_task(adapter_.challenge_path(name("corp.test")));
  ASSERT_FALSE(path);
  EXPECT_EQ(path.error().kind, base::ErrorKind::dns);
  EXPECT_THAT(path.error().detail, HasSubstr("SERVFAIL"));
}

}  // namespace
}  // namespace app
