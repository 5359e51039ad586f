#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/profile.h"
#include "base/error.h"

namespace acmecore {

// The CA's profiles, and who may choose which (draft-ietf-acme-profiles). Immutable; any thread may ask. What is
// returned by pointer lives as long as the object.
class Profiles {
 public:
  // What somebody may choose among.
  struct Offer {
    std::vector<std::string> names;  // in the order in which they are shown
    std::string preset;              // one of them, for an order that names none
  };

  // A single one, which nobody names and no directory shows.
  Profiles(Profile only = {}) : all_{std::move(only)} {}

  // REQUIRES: at least one profile, each with a name of its own; the offers name no others, and at least one each.
  // `of_others`: for accounts of no ACME client, and of a directory that is not in `of_directories`.
  Profiles(std::vector<Profile> all, std::map<std::string, Offer, std::less<>> of_directories,
           Offer of_others);

  // What a directory shows of them in "profiles" of its metadata (§3). None: nothing.
  std::vector<const Profile*> shown_by(std::string_view directory) const;

  // That of a directory's orders that name none.
  const Profile& preset_of(std::string_view directory) const;

  // The profile of an order: the one that it names or, for an empty `name`, the preset of its account's directory. An
  // external account key that does not allow the preset has the first that it allows in its place.
  // invalid_profile: it is none that this account may choose; the detail says which those are.
  base::Result<const Profile*> choose(const Account& account, std::string_view name) const;

  // The same for an account of which neither directory nor external account key is known.
  base::Result<const Profile*> choose(std::string_view name) const;

 private:
  const Profile* find(std::string_view name) const;
  const Offer& offer_of(std::string_view directory) const;
  const Offer& offer_for(const Account& account) const;
  base::Result<const Profile*> choose_from(const Offer& offer, std::string_view name) const;

  std::vector<Profile> all_;
  std::map<std::string, Offer, std::less<>> of_directories_;
  Offer of_others_;  // names none: there is a single profile without a name
};

}  // namespace acmecore
