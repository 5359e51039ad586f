#pragma once

#include <memory>

#include "app/cli/command.h"
#include "app/cli/server_options.h"

namespace app {

// `assay zone import`, `export` and `check`: adds them to the group `zone`.
void add_zone_files(CLI::App& zone, std::shared_ptr<const ServerOptions> server, Command& chosen);

}  // namespace app
