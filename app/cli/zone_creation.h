#pragma once

#include <memory>

#include "app/cli/command.h"
#include "app/cli/server_options.h"

namespace assay::v1 {
class Zone;
}

namespace app {

// What a file of zones may name.
inline constexpr size_t kZonesFileSizeMax = 32 * 1024 * 1024;

// `assay zone create`, of one zone or of many that a file names: adds it to the group `zone`.
void add_zone_creation(CLI::App& zone, std::shared_ptr<const ServerOptions> server, Command& chosen);

// A line for people.
void print(std::ostream& out, const assay::v1::Zone& zone);

}  // namespace app
