#include "app/profiles.h"

#include <map>

#include "app/policy.h"

namespace app {

using acmecore::Profile;
using acmecore::Profiles;

namespace {

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
  return profile;
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

}  // namespace

Profiles profiles_of(const base::Config& config) {
  const auto& issuance = config.issuance;
  if (issuance.profiles.empty()) {
    Profile only;
    only.validity = {issuance.certificate_lifetime, issuance.requested_lifetime_max,
                     issuance.not_before_ahead_max};
    return only;
  }
  std::vector<Profile> all;
  for (const base::CertificateProfile& profile : issuance.profiles)
    all.push_back(profile_of(profile));
  std::map<std::string, Profiles::Offer, std::less<>> of_directories;
  for (const base::AcmeDirectory& directory : config.acme.directories)
    of_directories.emplace(directory.name, offer_of(directory, all));
  Profiles::Offer of_others = offer_of(config.acme.preset, all);
  return {std::move(all), std::move(of_directories), std::move(of_others)};
}

}  // namespace app
