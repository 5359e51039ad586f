#pragma once

#include <memory>

#include "app/cli/command.h"
#include "app/cli/server_options.h"

namespace app {

// Adds `block-key` to the commands of `cert`. REQUIRES: as the functions in command.h.
void add_cert_block_key(CLI::App& group, Command& chosen, std::shared_ptr<const ServerOptions> server);

}  // namespace app
