#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace acmecore {

// So many in so long; all of them may come at once, and then one after each part of the time that it takes to regain
// one. No count: there is no limit.
struct Rate {
  uint64_t count = 0;
  std::chrono::seconds period{1};

  bool is_off() const { return count == 0; }
  // "300 in 3h".
  std::string text() const;

  bool operator==(const Rate&) const = default;
};

// What is known of one that a rate limits: when it has regained everything (the "theoretical arrival time" of the
// generic cell rate algorithm, ITU-T I.371 annex A). In the past, or never set: nothing is known, and all is there.
using RegainedAt = std::chrono::sys_time<std::chrono::microseconds>;

// The time from which there is room for one more. It is `now` or before where there is room already. REQUIRES: the rate
// is not off.
base::Time room_from(const Rate& rate, RegainedAt regained, base::Time now);

// After one more at `now`, whether or not there was room for it.
RegainedAt with_one_more(const Rate& rate, RegainedAt regained, base::Time now);

}  // namespace acmecore
