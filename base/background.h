#pragma once

#include <chrono>

#include "base/task.h"

namespace base {

// Runs work that outlives the request that asked for it.
class Background {
 public:
  virtual ~Background() = default;

  // Starts `work`, which goes on by itself, and returns when it is done or `patience` is over, whichever
  // comes first; with no patience, at once. True: it is done.
  virtual Task<bool> run(Task<void> work, std::chrono::milliseconds patience) = 0;
};

}  // namespace base
