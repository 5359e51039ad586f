#pragma once

#include <chrono>
#include <functional>

#include "base/task.h"
#include "dnsserver/publishing.h"

namespace dnsserver {

// A value that expired is served for at most so long.
inline constexpr std::chrono::milliseconds kCleanUpPeriod = std::chrono::seconds(1);

// Returns after so long: a timer, or in tests a clock that is moved. False: it is time to end.
using Pause = std::function<base::Task<bool>(std::chrono::milliseconds)>;

// Cleans up every kCleanUpPeriod, until `pause` says that it is time to end. A failure is logged, and tried
// again.
base::Task<> run_clean_up(Publishing& publishing, Pause pause);

}  // namespace dnsserver
