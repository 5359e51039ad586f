#pragma once

#include <memory>

#include "app/cli/command.h"
#include "app/cli/server_options.h"

namespace app {

// Adds `list` and `show` to the group `cert`.
void add_cert_inventory(CLI::App& group, Command& chosen, const std::shared_ptr<const ServerOptions>& server);

}  // namespace app
