#pragma once

#include "base/config.h"
#include "base/error.h"

namespace app {

// Whether a server with this configuration could be wired, as far as that can be told without state: the
// roles fit together, and the files of credentials and certificates can be read and are what they should be.
// malformed, unavailable: one sentence that says what to change, or a line for each thing that is.
base::Result<void> check_config(const base::Config& config);

}  // namespace app
