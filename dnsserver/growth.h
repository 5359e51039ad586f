#pragma once

#include "base/error.h"
#include "base/task.h"
#include "storage/store.h"

namespace dnsserver {

// Whether the batch puts something that is new, or larger than what it replaces by more than
// storage::kRewriteGrowthMax. One that does not would be possible where the store is full, but for what it appends.
// `batch` outlives the call.
base::Task<base::Result<bool>> grows(storage::Store& store, const storage::Batch& batch);

}  // namespace dnsserver
