#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/directory.h"
#include "acmecore/external_account_key.h"
#include "acmecore/page.h"
#include "acmecore/profiles.h"
#include "acmecore/records.h"
#include "acmecore/requester.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// What an operator says of a key that is to be made.
struct NewExternalAccountKey {
  std::string directory;  // empty: the only one
  std::string comment;
  ExternalAccountRestriction restriction;
  std::optional<base::Time> expires;
  uint32_t uses_max = 1;
};

// The external account keys of all directories, for their operators. not_found: there is no key with this id. `by` is
// who does it, for the audit log. Thread-safe.
class ExternalAccountKeys {
 public:
  // The references outlive the object. REQUIRES: at least one directory.
  ExternalAccountKeys(Records& records, const base::Clock& clock, std::vector<Directory> directories,
                      Profiles profiles = {})
      : records_(records),
        clock_(clock),
        directories_(std::move(directories)),
        profiles_(std::move(profiles)) {}

  // malformed: a directory that is not there, or makes accounts without keys; none where there are several; more than
  // kAllowedNamesMax names; a profile that the directory does not offer, or one twice; a comment that is no line of
  // text or too long; a time that has passed; a lifetime below kLeafLifetimeMin; uses beyond 1 to
  // kExternalAccountUsesMax.
  base::Task<base::Result<ExternalAccountKey>> create(NewExternalAccountKey wanted, Actor by);

  base::Task<base::Result<ExternalAccountKey>> get(std::string id);

  // The oldest first, at most `limit` behind the id `after`.
  base::Task<base::Result<Page<ExternalAccountKey>>> list(std::string after, size_t limit);

  // A disabled key makes no accounts; those it made stay.
  base::Task<base::Result<ExternalAccountKey>> set_disabled(std::string id, bool disabled, Actor by);

  base::Task<base::Result<void>> remove(std::string id, Actor by);

 private:
  base::Result<std::string> directory_for(const std::string& wanted) const;
  base::Result<void> check_profiles(const std::vector<std::string>& profiles,
                                    const std::string& directory) const;

  Records& records_;
  const base::Clock& clock_;
  const std::vector<Directory> directories_;
  const Profiles profiles_;
};

}  // namespace acmecore
