#include "acmecore/baseline_requirements.h"

#include <gmock/gmock.h>

#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Time;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_view_literals;

constexpr auto kPrivate = ProfileRules::private_trust;
constexpr auto kPublic = ProfileRules::public_trust;
constexpr auto kShortLived = ProfileRules::short_lived;

Time at(const char* text) { return base::parse_rfc3339(text).value(); }

Profile good_profile(ProfileRules rules) {
  Profile profile;
  profile.content.rules = rules;
  profile.content.ocsp_url = "http://ocsp.corp.test";
  if (rules == kShortLived) profile.validity.lifetime = days(7);
  return profile;
}

std::vector<std::string_view> sections(const Profile& profile, Time now = kNow) {
  std::vector<std::string_view> found;
  for (const BrViolation& violation : br_violations(profile, now))
    found.push_back(violation.section);
  return found;
}

TEST(BaselineRequirements, LimitTheLifeByTheDayOfTheSignature) {
  EXPECT_EQ(lifetime_limit(kPublic, at("2026-03-14T23:59:59Z")), days(398));
  EXPECT_EQ(lifetime_limit(kPublic, at("2026-03-15T00:00:00Z")), days(200));
  EXPECT_EQ(lifetime_limit(kPublic, at("2027-03-15T00:00:00Z")), days(100));
  EXPECT_EQ(lifetime_limit(kPublic, at("2029-03-15T00:00:00Z")), days(47));
  EXPECT_EQ(lifetime_limit(kPublic, at("2040-01-01T00:00:00Z")), days(47));
  EXPECT_EQ(lifetime_limit(kShortLived, kNow), days(7));
  EXPECT_EQ(lifetime_limit(kPrivate, kNow), std::nullopt);
}

TEST(BaselineRequirements, ShortenLivesByThemselvesWhenALimitFalls) {
  Profile profile = good_profile(kPublic);
  profile.validity.lifetime = days(90);
  profile.validity.lifetime_max = days(200);
  const auto rule_at = [&](const char* now) { return validity_rule(profile, std::nullopt, at(now)); };
  EXPECT_EQ(rule_at("2027-03-14T23:59:59Z").lifetime_max, days(200));
  EXPECT_EQ(rule_at("2027-03-15T00:00:00Z").lifetime, days(90));
  EXPECT_EQ(rule_at("2027-03-15T00:00:00Z").lifetime_max, days(100));
  EXPECT_EQ(rule_at("2029-03-15T00:00:00Z").lifetime, days(47));
  EXPECT_EQ(validity_rule(profile, days(30), kNow).lifetime, days(30));
  profile.content.rules = kPrivate;
  EXPECT_EQ(rule_at("2029-03-15T00:00:00Z").lifetime_max, days(200));
}

TEST(BaselineRequirements, AreKeptByAProfileAsItComesThatSaysWhereRevocationIsTold) {
  for (const ProfileRules rules : {kPrivate, kPublic, kShortLived})
    EXPECT_THAT(sections(good_profile(rules)), IsEmpty());
}

struct {
  const char* what;
  ProfileRules rules;
  void (*change)(Profile&);
  std::vector<std::string_view> broken;
} const kChanges[] = {
    {"200 days", kPublic, [](Profile& p) { p.validity.lifetime = days(200); }, {}},
    {"a second more", kPublic, [](Profile& p) { p.validity.lifetime = days(200) + seconds(1); }, {"6.3.2"}},
    {"as long on request", kPublic, [](Profile& p) { p.validity.lifetime_max = days(201); }, {"6.3.2"}},
    {"7 days", kShortLived, [](Profile& p) { p.validity.lifetime_max = days(7); }, {}},
    {"a second more than 7 days",
     kShortLived,
     [](Profile& p) { p.validity.lifetime_max = days(7) + seconds(1); },
     {"1.6.1"}},
    {"48 hours ahead", kPublic, [](Profile& p) { p.validity.ahead_max = hours(48); }, {}},
    {"49 hours ahead", kPublic, [](Profile& p) { p.validity.ahead_max = hours(49); }, {"7.1.2.7"}},
    {"a country", kPublic, [](Profile& p) { p.content.country = "DE"; }, {}},
    {"an organization", kPublic, [](Profile& p) { p.content.organization = "Corp"; }, {"7.1.2.7.2"}},
    {"no policies", kPublic, [](Profile& p) { p.content.policies.clear(); }, {"7.1.2.7.2"}},
    {"a policy of our own", kPublic, [](Profile& p) { p.content.policies.emplace_back("\x2a\x03"); }, {}},
    {"two reserved policies",
     kPublic,
     [](Profile& p) { p.content.policies.emplace_back(oids::kOrganizationValidated); },
     {"7.1.2.7.9"}},
    {"anyPolicy",
     kPublic,
     [](Profile& p) { p.content.policies.emplace_back(oids::kAnyPolicy); },
     {"7.1.2.7.9"}},
    {"OCSP by https",
     kPublic,
     [](Profile& p) { p.content.ocsp_url = "https://ocsp.corp.test"; },
     {"7.1.2.7.7"}},
    {"caIssuers by https",
     kPublic,
     [](Profile& p) { p.content.ca_issuers_url = "https://pki.corp.test"; },
     {"7.1.2.7.7"}},
    {"a CRL by https",
     kPublic,
     [](Profile& p) { p.content.crl_distribution_point = "https://crl.corp.test"; },
     {"7.1.2.11.2"}},
    {"a CRL and no OCSP",
     kPublic,
     [](Profile& p) {
       p.content.ocsp_url = "";
       p.content.crl_distribution_point = "http://crl.corp.test";
     },
     {}},
    {"neither", kPublic, [](Profile& p) { p.content.ocsp_url = ""; }, {"7.1.2.11.2"}},
    {"neither, of a short-lived one", kShortLived, [](Profile& p) { p.content.ocsp_url = ""; }, {}},
    {"what is only not recommended",
     kPublic,
     [](Profile& p) {
       p.common_name = p.content.client_auth = p.content.key_encipherment = true;
       p.content.subject_key_identifier = p.content.must_staple = true;
     },
     {}},
    {"what a private one may do",
     kPrivate,
     [](Profile& p) {
       p.validity.lifetime = days(825);
       p.content.organization = "Corp";
       p.content.ocsp_url = "";
     },
     {"6.3.2", "7.1.2.7.2", "7.1.2.11.2"}},
};

TEST(BaselineRequirements, AreBrokenBySectionsThatAreNamed) {
  for (const auto& one : kChanges) {
    Profile profile = good_profile(one.rules);
    one.change(profile);
    EXPECT_EQ(sections(profile), one.broken) << one.what;
  }
}

TEST(BaselineRequirements, AreBrokenByWhatIsSaidInASentence) {
  Profile profile = good_profile(kPublic);
  profile.validity.lifetime = days(201);
  EXPECT_THAT(
      br_violations(profile, kNow),
      ElementsAre(BrViolation{"6.3.2", "certificates are valid for up to 201d, where 200d are the most"}));
}

}  // namespace
}  // namespace acmecore
