#pragma once

#include <functional>
#include <vector>

#include "storage/store.h"

namespace storage {

// Keys that one commit of a sweep deletes at most: small enough not to hold up the commits beside it.
inline constexpr size_t kSweepBatchMax = 256;
// Commits under one prefix that may meet a change by others, before the rest waits for the next sweep.
inline constexpr int kSweepConflictsMax = 8;

// Deletes the keys under `prefix` whose time has come, the longest due first, in one commit of at most kSweepBatchMax.
// Returns how many. conflict: one of them was put again in the meantime, and all stay. Else fails as the store does.
Task<Result<size_t>> sweep_batch(Store& store, Bytes prefix, Time now);

// Deletes the keys under `prefixes` whose time has come, and returns how many. A key that is put again in the
// meantime stays. Only for keys that stand alone: a key whose removal changes others is its owner's to
// remove. Fails as the store does; what was deleted by then is deleted.
Task<Result<size_t>> sweep(Store& store, std::vector<Bytes> prefixes, Time now);

// Told what a sweep did, waits until the next is due; false ends the sweeping. The timer and the log live at
// the edge, which is why they come from there.
using BetweenSweeps = std::function<Task<bool>(const Result<size_t>& removed)>;

// Sweeps again and again, whether or not a sweep succeeds. The store and the clock outlive it.
Task<> sweep_repeatedly(Store& store, std::vector<Bytes> prefixes, const base::Clock& clock,
                        BetweenSweeps between);

}  // namespace storage
