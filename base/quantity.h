#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

// "90d", "12h", "5m", "10s", "250ms": one whole number and one unit. malformed: anything else, or more than
// fits.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest spelling that parse_duration reads back. REQUIRES: not negative.
std::string duration_text(std::chrono::milliseconds duration);

// "16GiB", "512MiB", "64KiB", "1000B": one whole number and one unit. malformed: anything else, or more than
// fits.
Result<uint64_t> parse_size(std::string_view text);

// The shortest spelling that parse_size reads back.
std::string size_text(uint64_t octets);

}  // namespace base
