#pragma once

#include "base/task.h"
#include "dnsserver/stored.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace dnsserver {

// All zones that the store holds, the deleted ones too.
base::Task<Result<std::vector<StoredZone>>> read_zones(storage::Store& store);

// Publishes the table of those that are to be served.
base::Task<Result<void>> publish_zones(storage::Store& store, ZoneTableHolder& served);

// Removes what is left of a deleted zone, `step` keys a commit, its own entry last. What is no deleted zone
// stays.
base::Task<Result<void>> sweep_zone(storage::Store& store, Name apex, size_t step);

}  // namespace dnsserver
