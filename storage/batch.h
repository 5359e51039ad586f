#pragma once

#include "storage/store.h"

namespace storage {

// What Store::commit asks of a batch before it looks at any state: malformed and internal, as it says there.
Result<void> validate(const Batch& batch);

// Octets of keys and values that the batch puts and appends.
size_t put_size(const Batch& batch);

// A batch takes no room if each of its puts replaces a value that is at most so many octets shorter. It is how room is
// made: what is deleted from a zone moves the zone's serial. What is appended always takes room.
inline constexpr size_t kRewriteGrowthMax = 16;

// What a store that has a limit takes beyond it, of batches that may use the reserve alone. A revocation with its audit
// event is about 2 KiB with its pages, so this is thousands of them; an operator who reads storage.full has time.
inline constexpr size_t kReserveSize = size_t{16} << 20;

}  // namespace storage
