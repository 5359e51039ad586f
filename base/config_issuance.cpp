#include "base/config_issuance.h"

#include <algorithm>
#include <set>

#include "base/config_issuers.h"
#include "base/config_values.h"
#include "base/object_identifier.h"
#include "base/utf8.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);
constexpr size_t kProfilesMax = 50;
constexpr size_t kAlternateChainsMax = 10;
constexpr size_t kPoliciesMax = 10;
constexpr size_t kUrlSizeMax = 255;

constexpr std::pair<std::string_view, CertificateRules> kRules[] = {
    {"private", CertificateRules::private_trust},
    {"public", CertificateRules::public_trust},
    {"short-lived", CertificateRules::short_lived}};

constexpr std::pair<std::string_view, CertifiedUsage> kUsages[] = {
    {"server_auth", CertifiedUsage::server_auth}, {"client_auth", CertifiedUsage::client_auth}};

// A member of a JSON object, which people type.
Result<void> profile_name(const std::string& text) {
  constexpr size_t kNameSizeMax = 64;
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (is_plain && !text.empty() && text.size() <= kNameSizeMax) return {};
  return fail(ErrorKind::malformed, "1 to 64 letters, digits, hyphens, underscores and dots");
}

// Of [issuance] and of a profile.
template <class Table>
void read_lifetimes(ConfigReader& section, Table& table) {
  // What a certificate needs to serve anybody, and as long as an issuing CA may last.
  section.duration("certificate_lifetime", table.certificate_lifetime, 2h, 3650 * kDay);
  section.duration("requested_lifetime_max", table.requested_lifetime_max, 0ms, 3650 * kDay);
  section.duration("not_before_ahead_max", table.not_before_ahead_max, 0ms, 90 * kDay);
  if (table.requested_lifetime_max > std::chrono::seconds(0) &&
      table.requested_lifetime_max < table.certificate_lifetime) {
    section.mistake("requested_lifetime_max", "a client can ask for no less than certificate_lifetime");
  }
}

Result<void> policy_identifier(const std::string& text) {
  CHECK(parse_object_identifier(text));
  return {};
}

Result<void> empty_or_pointer(const std::string& text) {
  CHECK(empty_or_web_url(text));
  if (text.size() > kUrlSizeMax) return fail(ErrorKind::malformed, "at most 255 octets");
  return {};
}

// RFC 5280 appendix A.1: X520countryName.
Result<void> empty_or_country(const std::string& text) {
  const bool is_one =
      text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (is_one || text.empty()) return {};
  return fail(ErrorKind::malformed, "two upper-case letters");
}

// RFC 5280 appendix A.1: ub-organization-name, in characters.
Result<void> organization_name(const std::string& text) {
  constexpr size_t kCharactersMax = 64;
  size_t characters = 0;
  for (std::string_view rest = text; !rest.empty(); ++characters) {
    const size_t size = utf8_character_size(rest);
    if (size == 0 || characters == kCharactersMax) return fail(ErrorKind::malformed, "at most 64 characters");
    rest.remove_prefix(size);
  }
  return {};
}

// "Domain validated" (BR 7.1.6.1), which claims to keep the BR, so that only who does says so.
std::vector<std::string> usual_policies(CertificateRules rules) {
  if (rules == CertificateRules::private_trust) return {};
  return {"2.23.140.1.2.1"};
}

// Of [issuance] and of a profile. Policies that nobody has chosen follow the rules.
void read_content(ConfigReader& section, CertificateContent& content) {
  const bool are_usual = content.policies == usual_policies(content.rules);
  section.word<CertificateRules>("rules", content.rules, kRules);
  if (are_usual) content.policies = usual_policies(content.rules);
  section.words<CertifiedUsage>("extended_key_usages", content.extended_key_usages, kUsages);
  section.boolean("key_encipherment", content.key_encipherment);
  section.boolean("subject_key_identifier", content.subject_key_identifier);
  section.texts("policies", content.policies, "an object identifier, such as \"2.23.140.1.2.1\"",
                policy_identifier);
  section.text("ca_issuers_url", content.ca_issuers_url,
               "a URL, such as \"http://pki.corp.example/issuing.der\"", empty_or_pointer);
  section.text("ocsp_url", content.ocsp_url, "a URL, such as \"http://ocsp.corp.example\"", empty_or_pointer);
  section.boolean("must_staple", content.must_staple);
  section.text("country", content.country, "a country's code, such as \"DE\"", empty_or_country);
  section.text("organization", content.organization, "a name of at most 64 characters", organization_name);
  if (!content.extended_key_usages.contains(CertifiedUsage::server_auth))
    section.mistake("extended_key_usages", "certificates are for servers: \"server_auth\" is missing");
  if (std::set(content.policies.begin(), content.policies.end()).size() != content.policies.size())
    section.mistake("policies", "a policy is there twice");  // RFC 5280 §4.2.1.4
  if (content.policies.size() > kPoliciesMax)
    section.mistake("policies", "there are more than " + std::to_string(kPoliciesMax) + " policies");
}

void read_profile(ConfigReader& section, CertificateProfile& profile) {
  section.text("name", profile.name, "a name for orders, such as \"tlsserver\"", profile_name);
  section.text("description", profile.description, "text", anything);
  section.as_in("issuance.", [&](ConfigReader& table) { read_lifetimes(table, profile); });
  section.words<CertifiedKey>("key_types", profile.key_types, kCertifiedKeys);
  section.boolean("wildcards", profile.wildcards);
  section.boolean("common_name", profile.common_name);
  section.count("names_max", profile.names_max, 1, 100);
  section.text("issuer", profile.issuer, "an issuer's name", anything);
  section.as_in("issuance.", [&](ConfigReader& table) { read_content(table, profile.content); });
  if (profile.name.empty()) section.mistake("name", "the profile has no name");
  if (profile.description.empty()) section.mistake("description", "the profile has no description");
}

}  // namespace

void read_issuance(ConfigReader& section, Config::Issuance& issuance) {
  read_lifetimes(section, issuance);
  read_content(section, issuance.content);
  section.texts("alternate_chains", issuance.alternate_chains, "a path", not_empty);
  if (issuance.alternate_chains.size() > kAlternateChainsMax) {
    section.mistake("alternate_chains",
                    "there are more than " + std::to_string(kAlternateChainsMax) + " alternate chains");
  }
  read_issuers(section, issuance);
  section.tables("profile", [&](ConfigReader& element) {
    CertificateProfile profile;
    profile.certificate_lifetime = issuance.certificate_lifetime;
    profile.requested_lifetime_max = issuance.requested_lifetime_max;
    profile.not_before_ahead_max = issuance.not_before_ahead_max;
    profile.content = issuance.content;
    read_profile(element, profile);
    if (std::ranges::count(issuance.profiles, profile.name, &CertificateProfile::name) > 0) {
      element.mistake("name", "another profile has this name");
    }
    issuance.profiles.push_back(std::move(profile));
  });
  if (issuance.profiles.size() > kProfilesMax) {
    section.mistake("profile", "there are more than " + std::to_string(kProfilesMax) + " profiles");
  }
}

Result<void> check_offers(const Config::Acme& acme, const Config::Issuance& issuance) {
  const auto check = [&](const std::string& where, const AcmeDirectory& directory) -> Result<void> {
    std::set<std::string> all;
    for (const CertificateProfile& profile : issuance.profiles)
      all.insert(profile.name);
    std::set<std::string> offered;
    for (const std::string& name : directory.profiles) {
      if (!all.contains(name))
        return fail(ErrorKind::malformed, where + " offers \"" + name + "\", which is no profile");
      if (!offered.insert(name).second)
        return fail(ErrorKind::malformed, where + " offers \"" + name + "\" twice");
    }
    if (offered.empty()) offered = all;
    if (directory.default_profile.empty() || offered.contains(directory.default_profile)) return {};
    return fail(ErrorKind::malformed, where + " has \"" + directory.default_profile +
                                          "\" for a default_profile, which it does not offer");
  };
  CHECK(check("[acme]", acme.preset));
  for (const AcmeDirectory& directory : acme.directories)
    CHECK(check("the directory \"" + directory.name + "\"", directory));
  return {};
}

Result<void> check_stapling(const Config::Issuance& issuance, const Config::Revocation& revocation) {
  const auto lacks_responder = [&](const CertificateContent& content) {
    const bool has_ours = revocation.ocsp.enabled && content.rules != CertificateRules::short_lived;
    return content.must_staple && content.ocsp_url.empty() && !has_ours;
  };
  const bool some_lack_it =
      issuance.profiles.empty()
          ? lacks_responder(issuance.content)
          : std::ranges::any_of(issuance.profiles, lacks_responder, &CertificateProfile::content);
  if (!some_lack_it) return {};
  return fail(ErrorKind::malformed,
              "must_staple needs an OCSP responder: ocsp_url, or revocation.ocsp.enabled");
}

}  // namespace base
