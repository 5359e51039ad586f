#include "base/config_issuance.h"

#include <algorithm>
#include <set>

#include "base/config_values.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);
constexpr size_t kProfilesMax = 50;
constexpr size_t kAlternateChainsMax = 10;

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
  // What a certificate needs to serve anybody, and the longest that browsers have ever taken.
  section.duration("certificate_lifetime", table.certificate_lifetime, 2h, 398 * kDay);
  section.duration("requested_lifetime_max", table.requested_lifetime_max, 0ms, 398 * kDay);
  section.duration("not_before_ahead_max", table.not_before_ahead_max, 0ms, 90 * kDay);
  if (table.requested_lifetime_max > std::chrono::seconds(0) &&
      table.requested_lifetime_max < table.certificate_lifetime) {
    section.mistake("requested_lifetime_max", "a client can ask for no less than certificate_lifetime");
  }
}

void read_profile(ConfigReader& section, CertificateProfile& profile) {
  section.text("name", profile.name, "a name for orders, such as \"tlsserver\"", profile_name);
  section.text("description", profile.description, "text", anything);
  read_lifetimes(section, profile);
  section.words<CertifiedKey>("key_types", profile.key_types, kCertifiedKeys);
  section.boolean("wildcards", profile.wildcards);
  section.boolean("common_name", profile.common_name);
  section.count("names_max", profile.names_max, 1, 100);
  if (profile.name.empty()) section.mistake("name", "the profile has no name");
  if (profile.description.empty()) section.mistake("description", "the profile has no description");
}

}  // namespace

void read_issuance(ConfigReader& section, Config::Issuance& issuance) {
  read_lifetimes(section, issuance);
  section.texts("alternate_chains", issuance.alternate_chains, "a path", not_empty);
  if (issuance.alternate_chains.size() > kAlternateChainsMax) {
    section.mistake("alternate_chains",
                    "there are more than " + std::to_string(kAlternateChainsMax) + " alternate chains");
  }
  section.tables("profile", [&](ConfigReader& element) {
    CertificateProfile profile;
    profile.certificate_lifetime = issuance.certificate_lifetime;
    profile.requested_lifetime_max = issuance.requested_lifetime_max;
    profile.not_before_ahead_max = issuance.not_before_ahead_max;
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

}  // namespace base
