#include "app/profiles.h"

#include <gmock/gmock.h>

#include <functional>

#include "base/log.h"

namespace app {
namespace {

using acmecore::KeyType;
using acmecore::Profile;
using acmecore::Profiles;
using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> shown(const Profiles& profiles, std::string_view directory) {
  std::vector<std::string> names;
  for (const Profile* profile : profiles.shown_by(directory))
    names.push_back(profile->name);
  return names;
}

TEST(ProfilesOf, AConfigurationWithoutAnyIsTheOneOfTheIssuance) {
  base::Config config;
  config.issuance.certificate_lifetime = days(7);
  config.issuance.requested_lifetime_max = days(8);
  config.issuance.not_before_ahead_max = days(9);
  const Profiles profiles = profiles_of(config);
  EXPECT_THAT(shown(profiles, "default"), IsEmpty());
  const Profile only = *profiles.choose("").value();
  EXPECT_EQ(only.name, "");
  EXPECT_EQ(only.validity.lifetime, days(7));
  EXPECT_EQ(only.validity.lifetime_max, days(8));
  EXPECT_EQ(only.validity.ahead_max, days(9));
  const Profile own;
  EXPECT_EQ(only.key_types, own.key_types);
  EXPECT_EQ(only.wildcards, own.wildcards);
  EXPECT_EQ(only.common_name, own.common_name);
  EXPECT_EQ(only.names_max, own.names_max);
}

constexpr SoughtProfile kPublic{.is_public = true};

TEST(ProfilesOf, AnIssuerSignsByThePublicOnesThatNameItOrThatItsDirectoriesOffer) {
  base::Config config;
  EXPECT_EQ(profile_signed_by(config, "default", kPublic), "");
  config.issuance.content.rules = base::CertificateRules::public_trust;
  EXPECT_EQ(profile_signed_by(config, "default", kPublic), "[issuance]");

  base::CertificateIssuer first, second, third;
  first.name = "first";
  second.name = "second";
  third.name = "third";
  config.issuance.issuers = {first, second, third};
  base::CertificateProfile lab, web;
  lab.name = "lab";
  web.name = "web";
  web.content.rules = base::CertificateRules::short_lived;
  config.issuance.profiles = {lab, web};
  config.acme.preset.profiles = {"lab"};
  base::AcmeDirectory directory = config.acme.preset;
  directory.name = "outside";
  directory.issuer = "second";
  directory.profiles = {"lab", "web"};
  config.acme.directories = {directory};
  EXPECT_EQ(profile_signed_by(config, "first", kPublic), "");
  EXPECT_EQ(profile_signed_by(config, "second", kPublic), "the profile \"web\"");
  EXPECT_EQ(profile_signed_by(config, "third", kPublic), "");
  config.issuance.profiles[1].issuer = "third";
  EXPECT_EQ(profile_signed_by(config, "second", kPublic), "");
  EXPECT_EQ(profile_signed_by(config, "third", kPublic), "the profile \"web\"");
}

TEST(ProfilesOf, AnIssuerSignsForClientsWhereAProfileOfItsOwnIsForThem) {
  constexpr SoughtProfile kPublicClients{.is_public = true, .for_clients = true};
  constexpr SoughtProfile kPrivateClients{.is_public = false, .for_clients = true};
  base::Config config;
  EXPECT_EQ(profile_signed_by(config, "default", kPrivateClients), "");
  config.issuance.content.extended_key_usages.insert(base::CertifiedUsage::client_auth);
  EXPECT_EQ(profile_signed_by(config, "default", kPrivateClients), "[issuance]");
  EXPECT_EQ(profile_signed_by(config, "default", kPublicClients), "");
  EXPECT_EQ(profile_signed_by(config, "other", kPrivateClients), "");
  config.issuance.content.rules = base::CertificateRules::public_trust;
  EXPECT_EQ(profile_signed_by(config, "default", kPrivateClients), "");
  EXPECT_EQ(profile_signed_by(config, "default", kPublicClients), "[issuance]");
}

TEST(ProfilesOf, AreTheConfigurations) {
  base::Config config;
  base::CertificateProfile weekly;
  weekly.name = "weekly";
  weekly.description = "for a week";
  weekly.certificate_lifetime = days(7);
  weekly.requested_lifetime_max = days(8);
  weekly.not_before_ahead_max = days(9);
  weekly.key_types = {base::CertifiedKey::p384};
  weekly.wildcards = false;
  weekly.common_name = true;
  weekly.names_max = 25;
  config.issuance.profiles = {weekly};
  const Profiles profiles = profiles_of(config);
  const Profile made = *profiles.choose("weekly").value();
  EXPECT_EQ(made.description, "for a week");
  EXPECT_EQ(made.validity.lifetime, days(7));
  EXPECT_EQ(made.validity.lifetime_max, days(8));
  EXPECT_EQ(made.validity.ahead_max, days(9));
  EXPECT_THAT(made.key_types, ElementsAre(KeyType::p384));
  EXPECT_FALSE(made.wildcards);
  EXPECT_TRUE(made.common_name);
  EXPECT_EQ(made.names_max, 25u);
}

base::CertificateContent everything() {
  base::CertificateContent content;
  content.rules = base::CertificateRules::short_lived;
  content.extended_key_usages.insert(base::CertifiedUsage::client_auth);
  content.key_encipherment = true;
  content.subject_key_identifier = true;
  content.policies = {"1.3.6.1", "2.23.140.1.2.1"};
  content.ca_issuers_url = "http://pki.corp.test";
  content.ocsp_url = "http://ocsp.corp.test";
  content.must_staple = true;
  content.country = "DE";
  content.organization = "Corp";
  return content;
}

acmecore::LeafContent everything_of_leaves() {
  acmecore::LeafContent content;
  content.rules = acmecore::ProfileRules::short_lived;
  content.client_auth = true;
  content.key_encipherment = true;
  content.subject_key_identifier = true;
  content.policies = {"\x2b\x06\x01", "\x67\x81\x0c\x01\x02\x01"};
  content.ca_issuers_url = "http://pki.corp.test";
  content.ocsp_url = "http://ocsp.corp.test";
  content.must_staple = true;
  content.country = "DE";
  content.organization = "Corp";
  return content;
}

TEST(ProfilesOf, HaveTheContentOfTheConfiguration) {
  base::Config config;
  EXPECT_EQ((*profiles_of(config).choose(""))->content, acmecore::LeafContent());
  config.issuance.content = everything();
  EXPECT_EQ((*profiles_of(config).choose(""))->content, everything_of_leaves());
  base::CertificateProfile plain;
  plain.name = "plain";
  base::CertificateProfile full;
  full.name = "full";
  full.content = everything();
  config.issuance.profiles = {plain, full};
  const Profiles profiles = profiles_of(config);
  EXPECT_EQ((*profiles.choose("plain"))->content, acmecore::LeafContent());
  EXPECT_EQ((*profiles.choose("full"))->content, everything_of_leaves());
}

const base::Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

std::string breaches(const base::Config& config) {
  const auto checked = check_profiles(config, kNow);
  return checked ? "" : checked.error().detail;
}

// One public profile, and a policy that lets nothing pass that it may not.
base::Config with_public_profile() {
  base::Config config;
  config.policy.internal_names = false;
  config.policy.public_suffixes = base::PublicSuffixRule::icann;
  base::CertificateProfile profile;
  profile.name = "web";
  profile.certificate_lifetime = days(90);
  profile.content.rules = base::CertificateRules::public_trust;
  profile.content.policies = {"2.23.140.1.2.1"};
  profile.content.ocsp_url = "http://ocsp.corp.test";
  config.issuance.profiles = {profile};
  return config;
}

TEST(CheckProfiles, LetsPrivateOnesBeAsTheyLike) {
  base::Config config;
  config.issuance.certificate_lifetime = days(825);
  EXPECT_EQ(breaches(config), "");
}

TEST(CheckProfiles, TellsEachBreachOfThePublicOnesInALine) {
  base::Config config = with_public_profile();
  EXPECT_EQ(breaches(config), "");
  config.issuance.profiles[0].certificate_lifetime = days(201);
  config.issuance.profiles[0].content.organization = "Corp";
  EXPECT_EQ(
      breaches(config),
      "the profile \"web\" breaks BR 6.3.2: certificates are valid for up to 201d, where 200d are the most\n"
      "the profile \"web\" breaks BR 7.1.2.7.2: the subject has an organization, which domain validation "
      "does "
      "not prove");
}

TEST(CheckProfiles, LooksAtTheOnlyOneOfTheSection) {
  base::Config config = with_public_profile();
  config.issuance.content = config.issuance.profiles[0].content;
  config.issuance.profiles.clear();
  EXPECT_EQ(breaches(config), "");
  config.issuance.content.ocsp_url = "";
  EXPECT_EQ(breaches(config),
            "[issuance] breaks BR 7.1.2.11.2: certificates name neither a CRL nor an OCSP responder");
}

TEST(CheckProfiles, CountsTheCrlThatCertificatesNameWithRevocation) {
  base::Config config = with_public_profile();
  config.issuance.profiles[0].content.ocsp_url = "";
  EXPECT_THAT(breaches(config), testing::HasSubstr("neither a CRL"));
  config.revocation.external_url = "http://pki.corp.test";
  EXPECT_EQ(breaches(config), "");
}

// A CRL or an OCSP response that relying parties cannot read, or that is too old.
TEST(CheckProfiles, LooksAtWhatTellsOfRevocations) {
  using testing::HasSubstr;
  base::Config config = with_public_profile();
  auto& content = config.issuance.profiles[0].content;
  config.revocation.listen = {{"127.0.0.1", 80}};
  EXPECT_EQ(
      breaches(config),
      "the profile \"web\" breaks BR 7.1.2.11.2: revocation.external_url is not set, so that certificates "
      "name http://localhost, where nobody finds what they need");
  config.revocation.external_url = "http://pki.corp.test";
  config.revocation.crl.lifetime = days(10);
  EXPECT_EQ(breaches(config), "") << "all certificates name an OCSP responder";
  content.ocsp_url = "";
  EXPECT_EQ(breaches(config),
            "the profile \"web\" breaks BR 4.9.7: revocation.crl.lifetime is 10d, where 8d are the most: it "
            "is made "
            "again after half of that");
  config.revocation.crl.lifetime = days(8);
  EXPECT_EQ(breaches(config), "");
  config.revocation.ocsp = {true, days(8)};
  EXPECT_EQ(breaches(config), "");
  config.revocation.ocsp.lifetime += std::chrono::seconds(2);
  EXPECT_THAT(breaches(config), HasSubstr(" breaks BR 4.9.10: revocation.ocsp.lifetime is "));
  content.rules = base::CertificateRules::private_trust;
  EXPECT_EQ(breaches(config), "");
  content.rules = base::CertificateRules::short_lived;
  config.issuance.profiles[0].certificate_lifetime = days(7);
  EXPECT_EQ(breaches(config), "") << "nothing is told of these";
}

// BR 4.2.1.
TEST(CheckProfiles, LooksAtTheAgeOfProofsByTheDay) {
  const auto breaches_on = [](const base::Config& config, const char* day) {
    const auto checked = check_profiles(config, base::parse_rfc3339(day).value());
    return checked ? "" : checked.error().detail;
  };
  base::Config config = with_public_profile();
  config.audit.retention = days(3650);
  config.acme.authorization_lifetime = days(200);
  EXPECT_EQ(breaches_on(config, "2027-03-14T23:59:59Z"), "");
  EXPECT_EQ(
      breaches_on(config, "2027-03-15T00:00:00Z"),
      "the profile \"web\" breaks BR 4.2.1: acme.authorization_lifetime is 200d, where 100d are the most");
  config.acme.authorization_lifetime = days(201);
  config.acme.authorization_reuse = days(398);
  EXPECT_THAT(breaches_on(config, "2026-11-23T00:00:00Z"),
              testing::HasSubstr("201d, where 200d are the most"));
  config.issuance.profiles[0].content.rules = base::CertificateRules::private_trust;
  EXPECT_EQ(breaches_on(config, "2026-11-23T00:00:00Z"), "");
}

TEST(CheckProfiles, CountsHowLongOrdersRenewThemselves) {
  base::Config config = with_public_profile();
  config.acme.authorization_lifetime = days(30);
  config.acme.preset.auto_renewal.max_duration = days(170);
  EXPECT_EQ(breaches(config), "");
  config.acme.preset.auto_renewal.max_duration = days(171);
  EXPECT_THAT(breaches(config),
              testing::HasSubstr(" breaks BR 4.2.1: orders of the directory \"default\" renew "
                                 "themselves for up to 171d by proofs that may be 30d old"));
  base::CertificateProfile own;
  own.name = "own";
  config.issuance.profiles.push_back(own);
  base::AcmeDirectory internal = config.acme.preset;
  internal.profiles = {"own"};
  base::AcmeDirectory open;
  open.name = "open";
  config.acme.directories = {internal, open};
  EXPECT_EQ(breaches(config), "");
  config.acme.directories[0].profiles.push_back("web");
  EXPECT_THAT(breaches(config), testing::HasSubstr("breaks BR 4.2.1"));
}

TEST(CheckProfiles, LooksAtThePolicyBesidePublicOnes) {
  const std::function<void(base::Config::Policy&)> changes[] = {
      [](auto& policy) { policy.internal_names = true; },
      [](auto& policy) { policy.reverse_names = true; },
      [](auto& policy) { policy.public_suffixes = base::PublicSuffixRule::certified; },
  };
  for (const auto& change : changes) {
    base::Config config = with_public_profile();
    change(config.policy);
    EXPECT_THAT(breaches(config), testing::StartsWith("the profile \"web\" breaks BR "));
    config.issuance.profiles[0].content.rules = base::CertificateRules::private_trust;
    EXPECT_EQ(breaches(config), "");
  }
  base::Config config = with_public_profile();
  config.policy.public_suffixes = base::PublicSuffixRule::certified;
  config.policy.wildcards = false;
  EXPECT_EQ(breaches(config), "");
}

TEST(CheckProfiles, LooksForWildcardsWherePolicyAndProfileHaveThem) {
  base::Config config = with_public_profile();
  config.policy.public_suffixes = base::PublicSuffixRule::certified;
  EXPECT_THAT(breaches(config), testing::HasSubstr("breaks BR 3.2.2.6: policy.public_suffixes"));
  config.issuance.profiles[0].wildcards = false;
  EXPECT_EQ(breaches(config), "") << "nobody can order one by it";

  base::Config::Policy::Subscribers own{config.policy};
  own.directories = {"default"};
  config.policy.public_suffixes = base::PublicSuffixRule::icann;
  config.policy.subscribers = {own};
  EXPECT_EQ(breaches(config), "");
  config.issuance.profiles[0].wildcards = true;
  EXPECT_EQ(breaches(config),
            "the profile \"web\" breaks BR 3.2.2.6: policy.public_suffixes is \"certified\" for those of "
            "[[policy.subscribers]] number 1, so that wildcards below public suffixes are");
  config.policy.subscribers[0].wildcards = false;
  EXPECT_EQ(breaches(config), "");
}

// A directory for the company's own names beside one for public ones.
TEST(CheckProfiles, LooksAtTheRulesOfWhoCanOrderByPublicOnes) {
  base::Config config = with_public_profile();
  base::CertificateProfile own;
  own.name = "own";
  config.issuance.profiles.push_back(own);
  config.acme.preset.profiles = {"own"};
  base::AcmeDirectory company = config.acme.preset, open = config.acme.preset;
  company.name = "company";
  open.name = "open";
  open.profiles = {"web"};
  config.acme.directories = {company, open};
  base::Config::Policy::Subscribers strict{config.policy}, lax{config.policy};
  strict.directories = {"open"};
  lax.directories = {"company"};
  lax.internal_names = true;
  config.policy.subscribers = {lax};
  EXPECT_EQ(breaches(config), "");
  config.acme.directories[0].profiles = {"own", "web"};
  EXPECT_EQ(breaches(config),
            "the profile \"web\" breaks BR 7.1.2.7.12: policy.internal_names is true for those of "
            "[[policy.subscribers]] number 1, so that internal names are certified");
  config.acme.directories[0].profiles = {"own"};

  lax.directories = {};
  lax.external_accounts = {"a-key-of-any-directory"};
  config.policy.subscribers = {strict, lax};
  EXPECT_EQ(breaches(config), "") << "the first that fits counts";
  config.policy.subscribers = {lax, strict};
  EXPECT_THAT(breaches(config), testing::HasSubstr("[[policy.subscribers]] number 1, so that internal"));

  config.policy.internal_names = true;
  config.policy.subscribers = {strict};
  EXPECT_EQ(breaches(config), "") << "who is of no such directory has no public profile";
  config.acme.preset.profiles = {};
  EXPECT_THAT(breaches(config), testing::HasSubstr("policy.internal_names is true, so that internal"));
}

// BR 5.4.3.
TEST(CheckProfiles, AsksForAnAuditLogThatLastsTwoYearsLongerThanCertificates) {
  base::Config config = with_public_profile();
  base::CertificateProfile& profile = config.issuance.profiles[0];
  profile.not_before_ahead_max = days(1);
  config.acme.authorization_lifetime = days(30);
  config.audit.retention = days(30 + 90 + 1 + 731);
  EXPECT_EQ(breaches(config), "");
  config.audit.retention -= std::chrono::seconds(1);
  EXPECT_THAT(
      breaches(config),
      testing::AllOf(testing::StartsWith("the profile \"web\" breaks BR 5.4.3: audit.retention is "),
                     testing::EndsWith(", where 852d are the least: 30d that a proof of a name is used "
                                       "for, 91d until the certificate ends, and two years")));
  profile.content.rules = base::CertificateRules::private_trust;
  EXPECT_EQ(breaches(config), "");

  profile.content.rules = base::CertificateRules::public_trust;
  config.audit.retention = days(1200);
  EXPECT_EQ(breaches(config), "");
  profile.requested_lifetime_max = days(200);
  EXPECT_EQ(breaches(config), "");
  config.acme.authorization_lifetime = days(269);
  EXPECT_THAT(breaches(config), testing::HasSubstr("audit.retention is 1200d, where 1201d are the least"));
}

TEST(WarnOfProfiles, TellsTheLogOfPrivateOnes) {
  base::log::configure(base::log::Level::warning, base::log::Format::text);
  base::Config config = with_public_profile();
  config.issuance.profiles[0].certificate_lifetime = days(201);
  const auto told = [&] {
    testing::internal::CaptureStderr();
    warn_of_profiles(config, kNow);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(told(), "");
  config.issuance.profiles[0].content.rules = base::CertificateRules::private_trust;
  EXPECT_THAT(told(), testing::AllOf(testing::HasSubstr("acme.profile.breaks_br"), testing::HasSubstr("web"),
                                     testing::HasSubstr("6.3.2"), testing::HasSubstr("201d")));
}

TEST(ProfilesOf, AreOfferedAsTheDirectoriesSay) {
  base::Config config;
  for (const char* name : {"a", "b", "c"}) {
    base::CertificateProfile profile;
    profile.name = name;
    config.issuance.profiles.push_back(profile);
  }
  config.acme.preset.default_profile = "b";
  base::AcmeDirectory team;
  team.name = "team";
  team.profiles = {"c", "a"};
  config.acme.directories = {team};
  const Profiles profiles = profiles_of(config);
  EXPECT_THAT(shown(profiles, "team"), ElementsAre("c", "a"));
  EXPECT_THAT(shown(profiles, "default"), ElementsAre("a", "b", "c"));
  EXPECT_EQ((*profiles.choose(""))->name, "b");
  acmecore::Account account;
  account.directory = "team";
  EXPECT_EQ((*profiles.choose(account, ""))->name, "c");
}

}  // namespace
}  // namespace app
