#pragma once

#include <memory>

#include "app/cli/command.h"
#include "app/cli/server_options.h"

namespace app {

// Adds `report` to `assay audit`, whose server options these are.
void add_audit_report(CLI::App& audit, std::shared_ptr<const ServerOptions> server, Command& chosen);

}  // namespace app
