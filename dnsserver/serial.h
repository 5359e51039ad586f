#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace dnsserver {

// Does `a` come before `b`? (RFC 1982 §3.2.) False both ways round where they lie 2^31 apart.
constexpr bool serial_less(uint32_t a, uint32_t b) { return a != b && b - a < uint32_t{1} << 31; }

// The SOA's SERIAL after `current`: Unix time where that lies ahead, one more otherwise. So a zone that is
// made anew, or restored from a backup, does not normally show a serial again that a secondary has seen.
// Never 0, which some software takes for no serial.
constexpr uint32_t next_serial(uint32_t current, base::Time now) {
  const auto seconds = uint32_t(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  const uint32_t next = serial_less(current, seconds) ? seconds : current + 1;
  return next == 0 ? 1 : next;
}

// Of a zone that is made now.
constexpr uint32_t first_serial(base::Time now) {
  const auto before = now - std::chrono::seconds(1);
  return next_serial(uint32_t(std::chrono::floor<std::chrono::seconds>(before).time_since_epoch().count()),
                     now);
}

}  // namespace dnsserver
