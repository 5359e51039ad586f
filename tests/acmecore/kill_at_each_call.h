#pragma once

#include <functional>

namespace acmecore {

// Kills a process that does `work` at each of its system calls that count, one run for one call, and calls `look` after
// each run. Returns how many runs there were before it came to its end.
int kill_at_each_call(const std::function<bool()>& work, const std::function<void()>& look);

}  // namespace acmecore
