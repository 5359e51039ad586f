#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace acmecore {

// Looks that are remembered: some 20 MB. What is not is found in the store, later where much waits to be removed.
inline constexpr size_t kLooksMax = 100'000;

// When challenges are looked at again that failed (RFC 8555 §8.2), by their authorizations' ids. The store knows it,
// too, but has them behind all that waits to be removed. Thread-safe.
class Looks {
 public:
  // Not before `when`, whatever was noted before.
  void note(const std::string& authorization, base::Time when);

  // Those whose time has come, the longest due first, at most `limit`. They are forgotten.
  std::vector<std::string> take_due(base::Time now, size_t limit);

 private:
  using Place = std::pair<base::Time, std::string>;

  std::mutex mutex_;
  std::set<Place> by_time_;
  std::map<std::string, base::Time> by_authorization_;  // the same
};

}  // namespace acmecore
