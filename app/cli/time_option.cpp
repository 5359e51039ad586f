#include "app/cli/time_option.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace app {

void add_time_option(CLI::App& command, const std::string& name, std::optional<base::Time>& into,
                     const std::string& description) {
  const auto read = [name, &into](const std::string& text) {
    const auto time = base::parse_rfc3339(text);
    if (!time) throw CLI::ValidationError(name, time.error().detail);
    into = *time;
  };
  command.add_option_function<std::string>(name, read, description)->type_name("TIME");
}

}  // namespace app
