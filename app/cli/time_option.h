#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace CLI {
class App;
}

namespace app {

// "2026-11-23", which is when that day begins in UTC, or an RFC 3339 time. malformed: anything else.
base::Result<base::Time> parse_day_or_time(const std::string& text);

// Adds an option that takes such a time.
void add_time_option(CLI::App& command, const std::string& name, std::optional<base::Time>& into,
                     const std::string& description);

}  // namespace app
