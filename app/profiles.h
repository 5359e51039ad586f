#pragma once

#include <string>
#include <string_view>

#include "acmecore/profiles.h"
#include "base/config.h"
#include "base/error.h"
#include "base/time.h"

namespace app {

// The profiles that the configuration has, and who offers them. REQUIRES: `config` is one of parse_config.
acmecore::Profiles profiles_of(const base::Config& config);

// That profiles which claim to keep the Baseline Requirements do, by what they say themselves and by what is around
// them (public_trust.h). malformed: each breach is a line, with its section. REQUIRES: as above.
base::Result<void> check_profiles(const base::Config& config, base::Time now);

// Which profile is looked for: one that claims to keep them or that does not, and of certificates for clients, too, or
// of any.
struct SoughtProfile {
  bool is_public = false;
  bool for_clients = false;
};

// How sentences call the first such profile that the issuer of this name signs by. Empty: there is none. REQUIRES: as
// above.
std::string profile_signed_by(const base::Config& config, std::string_view issuer, SoughtProfile sought);

// Tells the log, as warnings, what of the others does not keep them. REQUIRES: as above.
void warn_of_profiles(const base::Config& config, base::Time now);

}  // namespace app
