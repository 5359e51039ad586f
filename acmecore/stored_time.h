#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"

// Times as the messages of proto/assay/stored/v1/acme.proto have them: milliseconds since 1970, 0 where there is none.
// For the sources that encode and decode.
namespace acmecore {

inline int64_t milliseconds(base::Time time) { return time.time_since_epoch().count(); }
inline int64_t milliseconds(const std::optional<base::Time>& time) { return time ? milliseconds(*time) : 0; }

inline base::Time time_of(int64_t milliseconds) {
  return base::Time(std::chrono::milliseconds(milliseconds));
}
inline std::optional<base::Time> optional_time(int64_t milliseconds) {
  if (milliseconds == 0) return std::nullopt;
  return time_of(milliseconds);
}

}  // namespace acmecore
