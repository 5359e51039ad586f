#include "app/cli/duration_option.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/quantity.h"

namespace app {

void add_duration_option(CLI::App& command, const std::string& name,
                         std::optional<std::chrono::milliseconds>& into, const std::string& description) {
  const auto read = [name, &into](const std::string& text) {
    const auto duration = base::parse_duration(text);
    if (!duration) throw CLI::ValidationError(name, duration.error().detail);
    into = *duration;
  };
  command.add_option_function<std::string>(name, read, description)->type_name("DURATION");
}

}  // namespace app
