#pragma once

#include <chrono>
#include <functional>

#include "app/server.h"
#include "base/config.h"
#include "base/error.h"

namespace app {

// Whether the certificates of the listeners have grown old is looked at so often.
inline constexpr std::chrono::minutes kRenewalInterval{60};

// Runs a server until SIGTERM or SIGINT asks for its end, which lets what is under way be answered; a second
// one ends it at once. SIGHUP reads the issuers' directories and the listeners' certificates again, and lets
// query log and dnstap go on in new files. `ready` is called when everything is up.
//
// The error is of check_config or Server::start. REQUIRES: called before the process starts threads.
base::Result<void> serve(const base::Config& config, const OwnZones& own_zones,
                         const std::function<void(const RunFile&)>& ready);

}  // namespace app
