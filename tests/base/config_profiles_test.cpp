// [[issuance.profile]], and which directory offers what.
#include <gmock/gmock.h>

#include "base/config.h"
#include "tests/base/config_mistakes.h"

namespace base {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string profile(const std::string& name, const std::string& more = "") {
  return "[[issuance.profile]]\nname = '" + name + "'\ndescription = 'x'\n" + more + "\n";
}

TEST(ConfigProfiles, ThereAreNoneAsItComes) {
  const Config config = parse_config("", "t").value();
  EXPECT_THAT(config.issuance.profiles, IsEmpty());
  EXPECT_THAT(config.acme.preset.profiles, IsEmpty());
  EXPECT_EQ(config.acme.preset.default_profile, "");
}

TEST(ConfigProfiles, AreReadWhole) {
  const auto config = parse_config(R"(
[issuance]
certificate_lifetime = "30d"
requested_lifetime_max = "40d"
not_before_ahead_max = "2d"
[[issuance.profile]]
name = "as_it_comes-1.0"
description = "https://corp.example/profiles"
[[issuance.profile]]
name = "weekly"
description = "for a week"
certificate_lifetime = "7d"
requested_lifetime_max = "8d"
not_before_ahead_max = "1h"
key_types = ["p256", "rsa"]
wildcards = false
common_name = true
names_max = 25
)",
                                   "t");
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->issuance.profiles.size(), 2u);
  const CertificateProfile& plain = config->issuance.profiles[0];
  EXPECT_EQ(plain.name, "as_it_comes-1.0");
  EXPECT_EQ(plain.description, "https://corp.example/profiles");
  EXPECT_EQ(plain.certificate_lifetime, days(30));
  EXPECT_EQ(plain.requested_lifetime_max, days(40));
  EXPECT_EQ(plain.not_before_ahead_max, days(2));
  EXPECT_EQ(plain.key_types.size(), 4u);
  EXPECT_TRUE(plain.wildcards);
  EXPECT_FALSE(plain.common_name);
  EXPECT_EQ(plain.names_max, 100u);
  const CertificateProfile& weekly = config->issuance.profiles[1];
  EXPECT_EQ(weekly.certificate_lifetime, days(7));
  EXPECT_EQ(weekly.requested_lifetime_max, days(8));
  EXPECT_EQ(weekly.not_before_ahead_max, hours(1));
  EXPECT_THAT(weekly.key_types, ElementsAre(CertifiedKey::rsa, CertifiedKey::p256));
  EXPECT_FALSE(weekly.wildcards);
  EXPECT_TRUE(weekly.common_name);
  EXPECT_EQ(weekly.names_max, 25u);
}

TEST(ConfigProfiles, HaveANameAndADescription) {
  EXPECT_THAT(mistakes("[[issuance.profile]]\ndescription = 'x'"), HasSubstr("the profile has no name"));
  EXPECT_THAT(mistakes("[[issuance.profile]]\nname = 'a'"), HasSubstr("the profile has no description"));
  EXPECT_THAT(mistakes(profile("a") + profile("b") + profile("a")),
              HasSubstr("another profile has this name"));
  EXPECT_EQ(mistakes(profile(std::string(64, 'a')) + profile("a.B-_9")), "");
  for (const std::string& bad : {std::string(65, 'a'), std::string(), std::string("a b"), std::string("a/b"),
                                 std::string("\xC3\xBC")}) {
    EXPECT_THAT(mistakes(profile(bad)), HasSubstr("letters, digits, hyphens")) << bad;
  }
}

TEST(ConfigProfiles, KeepTheirBounds) {
  for (const char* good :
       {"certificate_lifetime = '2h'", "certificate_lifetime = '3650d'", "requested_lifetime_max = '3650d'",
        "not_before_ahead_max = '90d'", "names_max = 1", "names_max = 100", "key_types = ['p521']"}) {
    EXPECT_EQ(mistakes(profile("a", good)), "") << good;
  }
  for (const char* bad :
       {"certificate_lifetime = '7199s'", "certificate_lifetime = '3651d'",
        "requested_lifetime_max = '3651d'", "requested_lifetime_max = '89d'", "not_before_ahead_max = '91d'",
        "names_max = 0", "names_max = 101", "key_types = []", "key_types = ['p224']",
        "common_name = 'corp.example'", "lifetime = '7d'"}) {
    EXPECT_NE(mistakes(profile("a", bad)), "") << bad;
  }
}

constexpr const char* kContent = R"(
rules = "short-lived"
extended_key_usages = ["client_auth", "server_auth"]
key_encipherment = true
subject_key_identifier = true
policies = ["2.23.140.1.2.1", "1.3.6.1.4.1.55555.1"]
ca_issuers_url = "http://pki.corp.example/issuing.der"
ocsp_url = "http://ocsp.corp.example"
must_staple = true
country = "DE"
organization = "Pr\u00FCfer & S\u00F6hne"
)";

TEST(ConfigProfiles, SayWhatCertificatesHold) {
  const auto config = parse_config(profile("a") + profile("b", kContent), "t");
  ASSERT_TRUE(config) << config.error().detail;
  const CertificateContent& preset = config->issuance.profiles[0].content;
  EXPECT_EQ(preset.rules, CertificateRules::private_trust);
  EXPECT_THAT(preset.extended_key_usages, ElementsAre(CertifiedUsage::server_auth));
  EXPECT_THAT(preset.policies, testing::IsEmpty());
  EXPECT_FALSE(preset.key_encipherment || preset.subject_key_identifier || preset.must_staple);
  EXPECT_EQ(preset.ca_issuers_url + preset.ocsp_url + preset.country + preset.organization, "");
  const CertificateContent& content = config->issuance.profiles[1].content;
  EXPECT_EQ(content.rules, CertificateRules::short_lived);
  EXPECT_THAT(content.extended_key_usages,
              ElementsAre(CertifiedUsage::server_auth, CertifiedUsage::client_auth));
  EXPECT_TRUE(content.key_encipherment && content.subject_key_identifier && content.must_staple);
  EXPECT_THAT(content.policies, ElementsAre("2.23.140.1.2.1", "1.3.6.1.4.1.55555.1"));
  EXPECT_EQ(content.ca_issuers_url, "http://pki.corp.example/issuing.der");
  EXPECT_EQ(content.ocsp_url, "http://ocsp.corp.example");
  EXPECT_EQ(content.country, "DE");
  EXPECT_EQ(content.organization,
            "Pr\xC3\xBC"
            "fer & S\xC3\xB6hne");
}

TEST(ConfigProfiles, HoldWhatTheSectionSaysUnlessTheySayOtherwise) {
  const auto config =
      parse_config("[issuance]" + std::string(kContent) + profile("a", "country = 'AT'"), "t");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->issuance.content.country, "DE");
  const CertificateContent& content = config->issuance.profiles[0].content;
  EXPECT_EQ(content.country, "AT");
  EXPECT_EQ(content.rules, CertificateRules::short_lived);
  EXPECT_EQ(content.policies.size(), 2u);
  EXPECT_TRUE(content.must_staple);
}

// BR 7.1.6.1: the policy is a claim to keep the BR.
TEST(ConfigProfiles, HaveThePolicyOfTheBrWhereTheyKeepThemAndNobodySaysOtherwise) {
  const auto policies = [](const std::string& section, const std::string& in_profile) {
    const auto config = parse_config("[issuance]\n" + section + profile("a", in_profile), "t");
    EXPECT_TRUE(config) << config.error().detail;
    return config->issuance.profiles[0].content.policies;
  };
  EXPECT_THAT(policies("", ""), testing::IsEmpty());
  for (const char* rules : {"rules = 'public'\n", "rules = 'short-lived'\n"}) {
    EXPECT_THAT(policies(rules, ""), ElementsAre("2.23.140.1.2.1"));
    EXPECT_THAT(policies("", rules), ElementsAre("2.23.140.1.2.1"));
    EXPECT_THAT(policies(rules, "rules = 'private'"), testing::IsEmpty());
    EXPECT_THAT(policies(rules, "policies = []"), testing::IsEmpty());
    EXPECT_THAT(policies("policies = ['1.3.6.1']\n", rules), ElementsAre("1.3.6.1"));
    EXPECT_THAT(policies(std::string(rules) + "policies = ['1.3.6.1']\n", "rules = 'private'"),
                ElementsAre("1.3.6.1"));
  }
}

TEST(ConfigProfiles, HoldOnlyWhatACertificateCanHold) {
  const std::string url = "'http://corp.example/";  // of 20 octets
  for (const std::string& good :
       {std::string("rules = 'public'"), std::string("policies = []"),
        std::string("policies = ['2.5.29.32.0']"), std::string("ocsp_url = ''"), std::string("country = ''"),
        "ocsp_url = " + url + std::string(235, 'x') + "'", "organization = '" + std::string(64, 'x') + "'"}) {
    EXPECT_EQ(mistakes(profile("a", good)), "") << good;
  }
  for (const std::string& bad :
       {std::string("rules = 'ov'"), std::string("extended_key_usages = ['client_auth']"),
        std::string("extended_key_usages = []"),
        std::string("extended_key_usages = ['server_auth', 'code_signing']"),
        std::string("policies = ['domain-validated']"), std::string("policies = ['1.3.06']"),
        std::string("policies = ['2.23.140.1.2.1', '2.23.140.1.2.1']"),
        std::string("ocsp_url = 'ocsp.corp.example'"),
        std::string("ca_issuers_url = 'ldap://pki.corp.example'"), std::string("country = 'de'"),
        std::string("country = 'DEU'"), "ca_issuers_url = " + url + std::string(236, 'x') + "'",
        "organization = '" + std::string(65, 'x') + "'"}) {
    EXPECT_NE(mistakes(profile("a", bad)), "") << bad;
  }
  std::string policies;
  for (int i = 0; i < 10; ++i)
    policies += "'1.3." + std::to_string(i) + "',";
  EXPECT_EQ(mistakes(profile("a", "policies = [" + policies + "]")), "");
  EXPECT_THAT(mistakes(profile("a", "policies = [" + policies + "'1.3.10']")),
              HasSubstr("more than 10 policies"));
}

TEST(ConfigProfiles, StapleWhatSomeResponderSays) {
  const std::string responder = "ocsp_url = 'http://ocsp.corp.example'\n";
  const std::string own_responder = "revocation.listen = ['127.0.0.1:80']\nrevocation.ocsp.enabled = true\n";
  const std::string stapled = "must_staple = true\n";
  EXPECT_THAT(mistakes("[issuance]\n" + stapled), HasSubstr("must_staple needs an OCSP responder"));
  EXPECT_EQ(mistakes("[issuance]\n" + stapled + responder), "");
  EXPECT_EQ(mistakes(own_responder + "[issuance]\n" + stapled), "");
  EXPECT_THAT(mistakes(profile("a", stapled)), HasSubstr("must_staple needs an OCSP responder"));
  EXPECT_EQ(mistakes(profile("a", stapled + responder)), "");
  EXPECT_EQ(mistakes(own_responder + profile("a", stapled)), "");
  EXPECT_NE(mistakes(own_responder + profile("a", stapled + "rules = 'short-lived'\n")), "");
  EXPECT_EQ(mistakes("[issuance]\n" + stapled + profile("a", responder)), "");
}

TEST(ConfigProfiles, AreFiftyAtMost) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += profile("p" + std::to_string(i));
  EXPECT_EQ(mistakes(text), "");
  EXPECT_THAT(mistakes(text + profile("q")), HasSubstr("more than 50 profiles"));
}

TEST(ConfigIssuance, NamesTenAlternateChainsAtMost) {
  EXPECT_THAT(parse_config("issuance.alternate_chains = ['a.pem', 'b.pem']", "t")->issuance.alternate_chains,
              ElementsAre("a.pem", "b.pem"));
  const auto so_many = [](int count) {
    std::string text = "issuance.alternate_chains = [";
    for (int i = 0; i < count; ++i)
      text += "'" + std::to_string(i) + ".pem',";
    return text + "]";
  };
  EXPECT_EQ(mistakes(so_many(10)), "");
  EXPECT_THAT(mistakes(so_many(11)), HasSubstr("more than 10 alternate chains"));
  EXPECT_NE(mistakes("issuance.alternate_chains = ['']"), "");
}

TEST(ConfigProfiles, AreOfferedByDirectoriesAsTheSectionSaysUnlessTheySayOtherwise) {
  const auto acme = parse_config(
      "[acme]\nprofiles = ['a', 'b']\ndefault_profile = 'b'\n"
      "[[acme.directory]]\nname = 'one'\n"
      "[[acme.directory]]\nname = 'two'\nprofiles = ['c']\ndefault_profile = 'c'\n" +
          profile("a") + profile("b") + profile("c"),
      "t");
  ASSERT_TRUE(acme) << acme.error().detail;
  const auto& directories = acme->acme.directories;
  EXPECT_THAT(directories[0].profiles, ElementsAre("a", "b"));
  EXPECT_EQ(directories[0].default_profile, "b");
  EXPECT_THAT(directories[1].profiles, ElementsAre("c"));
  EXPECT_EQ(directories[1].default_profile, "c");
}

TEST(ConfigProfiles, ThatAreNotThereAreNotOffered) {
  const std::string two = profile("a") + profile("b");
  EXPECT_EQ(mistakes("acme.default_profile = 'b'\n" + two), "");
  EXPECT_EQ(mistakes("acme.profiles = ['b', 'a']\nacme.default_profile = 'a'\n" + two), "");
  EXPECT_THAT(mistakes("acme.profiles = ['a', 'c']\n" + two),
              HasSubstr("[acme] offers \"c\", which is no profile"));
  EXPECT_THAT(mistakes("acme.profiles = ['a', 'a']\n" + two), HasSubstr("[acme] offers \"a\" twice"));
  EXPECT_THAT(mistakes("acme.default_profile = 'c'\n" + two), HasSubstr("which it does not offer"));
  EXPECT_THAT(mistakes("acme.default_profile = 'default'"), HasSubstr("which it does not offer"));
  EXPECT_THAT(mistakes("[[acme.directory]]\nname = 'team'\nprofiles = ['a']\ndefault_profile = 'b'\n" + two),
              HasSubstr("the directory \"team\" has \"b\" for a default_profile, which it does not offer"));
}

}  // namespace
}  // namespace base
