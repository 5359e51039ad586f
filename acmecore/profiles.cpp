#include "acmecore/profiles.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "acmecore/dns_name_syntax.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

Profiles::Profiles(std::vector<Profile> all, std::map<std::string, Offer, std::less<>> of_directories,
                   Offer of_others)
    : all_(std::move(all)), of_directories_(std::move(of_directories)), of_others_(std::move(of_others)) {
  assert(!of_others_.names.empty());
}

std::vector<const Profile*> Profiles::shown_by(std::string_view directory) const {
  std::vector<const Profile*> shown;
  for (const std::string& name : offer_of(directory).names)
    shown.push_back(find(name));
  return shown;
}

const Profile& Profiles::preset_of(std::string_view directory) const {
  const Offer& offer = offer_of(directory);
  return offer.names.empty() ? all_.front() : *find(offer.preset);
}

Result<const Profile*> Profiles::choose(const Account& account, std::string_view name) const {
  if (!account.external_account || account.external_account->restriction.profiles.empty()) {
    return choose_from(offer_for(account), name);
  }
  const auto& allowed = account.external_account->restriction.profiles;
  Offer offer = offer_for(account);
  std::erase_if(offer.names,
                [&](const std::string& offered) { return std::ranges::count(allowed, offered) == 0; });
  if (offer.names.empty()) {
    return fail(ErrorKind::invalid_profile, "none of the profiles that the external account key " +
                                                account.external_account->key_id + " allows exists any more");
  }
  if (std::ranges::count(offer.names, offer.preset) == 0) offer.preset = offer.names.front();
  return choose_from(offer, name);
}

Result<const Profile*> Profiles::choose(std::string_view name) const { return choose_from(of_others_, name); }

Result<const Profile*> Profiles::choose_from(const Offer& offer, std::string_view name) const {
  if (offer.names.empty() && name.empty()) return &all_.front();
  if (name.empty()) return find(offer.preset);
  if (std::ranges::count(offer.names, name) > 0) return find(name);
  std::string offered;
  for (const std::string& one : offer.names)
    offered += (offered.empty() ? "" : ", ") + in_quotes(one);
  return fail(ErrorKind::invalid_profile,
              "the profile " + in_quotes(name) + " is none that this account can choose; " +
                  (offered.empty() ? "there are none to choose from" : "it can choose " + offered));
}

const Profile* Profiles::find(std::string_view name) const {
  const auto found = std::ranges::find(all_, name, &Profile::name);
  assert(found != all_.end());
  return &*found;
}

const Profiles::Offer& Profiles::offer_of(std::string_view directory) const {
  const auto found = of_directories_.find(directory);
  return found == of_directories_.end() ? of_others_ : found->second;
}

const Profiles::Offer& Profiles::offer_for(const Account& account) const {
  return account.principal.empty() ? offer_of(account.directory) : of_others_;
}

}  // namespace acmecore
