#pragma once

#include "base/config.h"
#include "base/error.h"

namespace app {

// Whether a server with this configuration could listen now: opens each of its endpoints, and closes it again. What
// another process takes afterwards is found out by the listener. unavailable: one that cannot be listened at; the
// detail names it and says why.
base::Result<void> check_ports(const base::Config& config);

}  // namespace app
