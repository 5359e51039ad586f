#pragma once

#include "acmecore/profiles.h"
#include "base/config.h"

namespace app {

// The profiles that the configuration has, and who offers them. REQUIRES: `config` is one of parse_config.
acmecore::Profiles profiles_of(const base::Config& config);

}  // namespace app
