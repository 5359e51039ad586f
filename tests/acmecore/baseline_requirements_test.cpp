#include "acmecore/baseline_requirements.h"

#include <gmock/gmock.h>

#include "acmecore/ca_profile.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/oids.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Time;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::string_view_literals;

constexpr auto kPrivate = ProfileRules::private_trust;
constexpr auto kPublic = ProfileRules::public_trust;
constexpr auto kShortLived = ProfileRules::short_lived;

Time at(const char* text) { return base::parse_rfc3339(text).value(); }

Profile good_profile(ProfileRules rules) {
  Profile profile;
  profile.content.rules = rules;
  if (rules != kPrivate) profile.content.policies = {base::Bytes(oids::kDomainValidated)};
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

TEST(BaselineRequirements, LimitTheAgeOfProofsByTheDayOfTheSignature) {
  EXPECT_EQ(proof_age_limit(at("2026-03-14T23:59:59Z")), days(398));
  EXPECT_EQ(proof_age_limit(at("2026-03-15T00:00:00Z")), days(200));
  EXPECT_EQ(proof_age_limit(at("2027-03-15T00:00:00Z")), days(100));
  EXPECT_EQ(proof_age_limit(at("2029-03-14T23:59:59Z")), days(100));
  EXPECT_EQ(proof_age_limit(at("2029-03-15T00:00:00Z")), days(10));
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
    {"of a private one a reserved policy",
     kPrivate,
     [](Profile& p) { p.content.policies.emplace_back(oids::kDomainValidated); },
     {"7.1.6.1"}},
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

// An issuing CA below a root, with keys of these kinds.
CaChain chain_of(KeyKind issuing, KeyKind root) {
  const SoftwareKey root_key = SoftwareKey::generate(root);
  const SoftwareKey key = SoftwareKey::generate(issuing);
  const auto root_der = sign_root(name_of(CaSubject{"Root CA"}).value(), root_key, kNow, kRootLifetime);
  CaChain chain;
  chain.certificates.push_back(parse_certificate(root_der.value()).value());
  const IssuingCa wanted{name_of(CaSubject{"Issuing CA"}).value(), key.spki_der()};
  const auto der = sign_issuing(wanted, chain.root(), root_key, kNow);
  chain.certificates.insert(chain.certificates.begin(), parse_certificate(der.value()).value());
  return chain;
}

std::vector<std::string> found_in(const CaChain& chain) {
  std::vector<std::string> found;
  for (const BrViolation& violation : br_violations(chain))
    found.push_back(std::string(violation.section) + ": " + violation.what);
  return found;
}

TEST(BaselineRequirements, HaveNoEd25519KeyInAChain) {
  EXPECT_THAT(found_in(chain_of(KeyKind::p256, KeyKind::p384)), IsEmpty());
  EXPECT_THAT(found_in(chain_of(KeyKind::p384, KeyKind::rsa2048)), IsEmpty());
  EXPECT_THAT(found_in(chain_of(KeyKind::rsa2048, KeyKind::p256)), IsEmpty());
  EXPECT_THAT(found_in(chain_of(KeyKind::ed25519, KeyKind::p256)),
              ElementsAre("6.1.5: the issuing certificate has an Ed25519 key"));
  EXPECT_THAT(found_in(chain_of(KeyKind::p256, KeyKind::ed25519)),
              ElementsAre("6.1.5: the root certificate has an Ed25519 key"));
}

TEST(BaselineRequirements, AskForRsaKeysOf2048BitsOrMoreInWholeOctets) {
  CaChain chain = chain_of(KeyKind::rsa2048, KeyKind::p256);
  const auto with = [&chain](unsigned bits) {
    chain.certificates[0].spki_der = spki_of(make_rsa(bits).get());
    return found_in(chain);
  };
  EXPECT_THAT(with(2048), IsEmpty());
  EXPECT_THAT(with(2056), IsEmpty());
  EXPECT_THAT(with(2050), ElementsAre(HasSubstr("the RSA key has a size that is no multiple of 8 bits")));
  EXPECT_THAT(with(1024), ElementsAre(HasSubstr("the RSA key has 1024 bits")));
}

TEST(BaselineRequirements, EachCurveHasItsHash) {
  CaChain chain = chain_of(KeyKind::p256, KeyKind::p384);
  const auto with = [&chain](SignatureAlgorithm algorithm) {
    chain.certificates[0].signature_algorithm_der = ca_algorithm_identifier(algorithm);
    return found_in(chain);
  };
  const auto refused = ElementsAre(
      "7.1.3.2: the issuing certificate is signed with an algorithm that is not for the key of its issuer");
  EXPECT_THAT(with(SignatureAlgorithm::ecdsa_sha384), IsEmpty());
  EXPECT_THAT(with(SignatureAlgorithm::ecdsa_sha256), refused);
  EXPECT_THAT(with(SignatureAlgorithm::rsa_sha384), refused);
  chain.certificates[0].signature_algorithm_der =
      "\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03\x05\x00"sv;
  EXPECT_THAT(found_in(chain), refused) << "parameters that ECDSA has not";
  chain.certificates[1].signature_algorithm_der = "whatever: a root's own";
  EXPECT_THAT(with(SignatureAlgorithm::ecdsa_sha384), IsEmpty());
}

}  // namespace
}  // namespace acmecore
