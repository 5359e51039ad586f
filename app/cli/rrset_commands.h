#pragma once

#include <memory>

#include "app/cli/command.h"
#include "app/cli/server_options.h"

namespace app {

// Adds "rrset" to the command "zone".
void add_rrset(CLI::App& zone, std::shared_ptr<const ServerOptions> server, Command& chosen);

}  // namespace app
