#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace CLI {
class App;
}

namespace app {

// Adds an option that takes a point in time (RFC 3339): "2030-01-31T00:00:00Z".
void add_time_option(CLI::App& command, const std::string& name, std::optional<base::Time>& into,
                     const std::string& description);

}  // namespace app
