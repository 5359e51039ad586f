#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace app {

// Adds an option that takes a duration as the configuration writes it: "90d", "5m", "250ms".
void add_duration_option(CLI::App& command, const std::string& name,
                         std::optional<std::chrono::milliseconds>& into, const std::string& description);

}  // namespace app
