#include "app/profiles.h"

#include <algorithm>
#include <map>

#include "acmecore/baseline_requirements.h"
#include "acmecore/status_urls.h"
#include "app/issuer_places.h"
#include "app/policy.h"
#include "app/public_trust.h"
#include "app/revocation_role.h"
#include "base/log.h"
#include "base/object_identifier.h"

namespace app {

using acmecore::BrViolation;
using acmecore::Profile;
using acmecore::ProfileRules;
using acmecore::Profiles;
using base::CertificateRules;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;

namespace {

ProfileRules rules_of(CertificateRules rules) {
  switch (rules) {
    case CertificateRules::private_trust: return ProfileRules::private_trust;
    case CertificateRules::public_trust: return ProfileRules::public_trust;
    case CertificateRules::short_lived: return ProfileRules::short_lived;
  }
  return ProfileRules::private_trust;
}

acmecore::LeafContent content_of(const base::CertificateContent& from) {
  acmecore::LeafContent content;
  content.rules = rules_of(from.rules);
  content.client_auth = from.extended_key_usages.contains(base::CertifiedUsage::client_auth);
  content.key_encipherment = from.key_encipherment;
  content.subject_key_identifier = from.subject_key_identifier;
  content.policies.clear();
  for (const std::string& policy : from.policies)
    content.policies.push_back(base::parse_object_identifier(policy).value());
  content.ca_issuers_url = from.ca_issuers_url;
  content.ocsp_url = from.ocsp_url;
  content.must_staple = from.must_staple;
  content.country = from.country;
  content.organization = from.organization;
  return content;
}

Profile profile_of(const base::CertificateProfile& from) {
  Profile profile;
  profile.name = from.name;
  profile.description = from.description;
  profile.validity = {from.certificate_lifetime, from.requested_lifetime_max, from.not_before_ahead_max};
  profile.key_types.clear();
  for (const base::CertifiedKey key : from.key_types)
    profile.key_types.insert(key_type_of(key));
  profile.wildcards = from.wildcards;
  profile.common_name = from.common_name;
  profile.names_max = from.names_max;
  profile.issuer = from.issuer;
  profile.content = content_of(from.content);
  return profile;
}

std::vector<Profile> all_profiles(const base::Config::Issuance& issuance) {
  std::vector<Profile> all;
  for (const base::CertificateProfile& profile : issuance.profiles)
    all.push_back(profile_of(profile));
  if (!all.empty()) return all;
  Profile only;
  only.validity = {issuance.certificate_lifetime, issuance.requested_lifetime_max,
                   issuance.not_before_ahead_max};
  only.content = content_of(issuance.content);
  return {std::move(only)};
}

// Those that certificates are made by, with the CRL that they name beside what profiles say.
std::vector<Profile> published_profiles(const base::Config& config) {
  std::vector<Profile> all = all_profiles(config.issuance);
  const std::string& origin = config.revocation.external_url;
  const acmecore::StatusUrls status{config.revocation.crl.shards,
                                    origin.empty() ? "http://localhost" : origin,
                                    config.revocation.ocsp.enabled};
  for (Profile& profile : all) {
    if (publishes_status(config)) status.add_to(profile.content, acmecore::CrlShard());
  }
  return all;
}

Profiles::Offer offer_of(const base::AcmeDirectory& directory, const std::vector<Profile>& all) {
  Profiles::Offer offer{directory.profiles, directory.default_profile};
  if (offer.names.empty()) {
    for (const Profile& profile : all)
      offer.names.push_back(profile.name);
  }
  if (offer.preset.empty()) offer.preset = offer.names.front();
  return offer;
}

std::string name_of(const Profile& profile) {
  return profile.name.empty() ? "[issuance]" : "the profile \"" + profile.name + "\"";
}

bool claims_to_keep_the_br(const Profile& profile) {
  return profile.content.rules != ProfileRules::private_trust;
}

}  // namespace

Profiles profiles_of(const base::Config& config) {
  std::vector<Profile> all = all_profiles(config.issuance);
  if (config.issuance.profiles.empty()) return std::move(all.front());
  std::map<std::string, Profiles::Offer, std::less<>> of_directories;
  for (const base::AcmeDirectory& directory : config.acme.directories)
    of_directories.emplace(directory.name, offer_of(directory, all));
  Profiles::Offer of_others = offer_of(config.acme.preset, all);
  return {std::move(all), std::move(of_directories), std::move(of_others)};
}

Result<void> check_profiles(const base::Config& config, Time now) {
  std::string lines;
  const auto add = [&lines](const std::string& who, const BrViolation& found) {
    lines +=
        (lines.empty() ? "" : "\n") + who + " breaks BR " + std::string(found.section) + ": " + found.what;
  };
  for (const Profile& profile : published_profiles(config)) {
    if (!claims_to_keep_the_br(profile)) continue;
    for (const BrViolation& found : acmecore::br_violations(profile, now))
      add(name_of(profile), found);
    for (const BrViolation& found : surrounding_violations(config, profile, now))
      add(name_of(profile), found);
  }
  if (lines.empty()) return {};
  return fail(ErrorKind::malformed, std::move(lines));
}

std::string profile_signed_by(const base::Config& config, std::string_view issuer, SoughtProfile sought) {
  const std::vector<Profile> all = all_profiles(config.issuance);
  std::vector<base::AcmeDirectory> directories = config.acme.directories;
  directories.push_back(config.acme.preset);
  const auto signs = [&](const Profile& profile) {
    if (!profile.issuer.empty()) return profile.issuer == issuer;
    return std::ranges::any_of(directories, [&](const base::AcmeDirectory& directory) {
      const auto names = offer_of(directory, all).names;
      return issuer_of(directory, config) == issuer && std::ranges::find(names, profile.name) != names.end();
    });
  };
  const auto found = std::ranges::find_if(all, [&](const Profile& profile) {
    const bool is_sought = claims_to_keep_the_br(profile) == sought.is_public &&
                           (!sought.for_clients || profile.content.client_auth);
    return is_sought && signs(profile);
  });
  return found == all.end() ? std::string() : name_of(*found);
}

void warn_of_profiles(const base::Config& config, Time now) {
  for (const Profile& profile : published_profiles(config)) {
    if (claims_to_keep_the_br(profile)) continue;
    for (const BrViolation& found : acmecore::br_violations(profile, now)) {
      base::log::warning("acme.profile.breaks_br",
                         {{"profile", profile.name}, {"section", found.section}, {"detail", found.what}});
    }
  }
}

}  // namespace app
