#pragma once

#include <vector>

#include "base/task.h"
#include "dnsserver/change.h"
#include "storage/store.h"

namespace dnsserver {

// RRsets that were compared.
struct DiffCounts {
  size_t added = 0;
  size_t changed = 0;
  size_t removed = 0;
  size_t unchanged = 0;

  bool operator==(const DiffCounts&) const = default;
};

// What makes the static RRsets of a zone, as they are stored, those that are wanted.
struct ZoneDiff {
  // PutRRset and DeleteRRset, a name before all that is below it, and at each name the deletions first: so no step
  // on the way is one that ZoneEdit refuses.
  std::vector<OwnerChange> changes;
  DiffCounts counts;
};

// RRsets are equal if owner, TTL and the set of records are, in whatever order and case of the owner. internal: the
// store holds something else. REQUIRES: `wanted` in the order of content_key(), each key once, all under the apex
// and without SOA and NS of the apex; no zone: nothing is stored.
base::Task<Result<ZoneDiff>> diff_zone(storage::Store& store, Name apex, const std::vector<RRset>& wanted);

}  // namespace dnsserver
