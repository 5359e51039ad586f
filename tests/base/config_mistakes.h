#pragma once

#include <string>
#include <string_view>

#include "base/config.h"

namespace base {

// What parse_config() has against `text`. Empty: nothing.
inline std::string mistakes(std::string_view text) {
  const auto parsed = parse_config(text, "t");
  return parsed ? "" : parsed.error().detail;
}

}  // namespace base
