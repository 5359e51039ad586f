#pragma once

#include "base/task.h"
#include "dnsserver/zone_edit.h"
#include "storage/store.h"

namespace dnsserver {

// Gives the edit all that a change at `owner` needs of the store: see ZoneEdit::needed(). internal: the store is
// broken. The arguments outlive the task.
base::Task<Result<void>> load_needed(storage::Store& store, ZoneEdit& edit, const Name& owner);

}  // namespace dnsserver
