#include "app/cli/time_option.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace app {

base::Result<base::Time> parse_day_or_time(const std::string& text) {
  constexpr size_t kDaySize = 10;
  const auto time = base::parse_rfc3339(text.size() == kDaySize ? text + "T00:00:00Z" : text);
  if (time) return time;
  return base::fail(base::ErrorKind::malformed,
                    "\"" + text + "\" is neither a day, such as 2026-11-23, nor an RFC 3339 time");
}

void add_time_option(CLI::App& command, const std::string& name, std::optional<base::Time>& into,
                     const std::string& description) {
  const auto read = [name, &into](const std::string& text) {
    const auto time = parse_day_or_time(text);
    if (!time) throw CLI::ValidationError(name, time.error().detail);
    into = *time;
  };
  command.add_option_function<std::string>(name, read, description)->type_name("TIME");
}

}  // namespace app
