#pragma once

#include "base/task.h"
#include "dnsserver/credential.h"
#include "storage/store.h"

namespace dnsserver {

// The names that credentials hold: those that one of them may write at by name, and not only by a subtree. Where
// nothing else answers for such a name, or for one above it, it is NODATA: an NXDOMAIN is what a resolver would
// remember past the first value, and deny all below the name with (RFC 8020). In whatever zone the name is; and a
// wildcard goes on speaking for it (RFC 4592), because its credential has put nothing there yet.
//
// The store counts for each name how many credentials hold it, so that it is held for as long as one does.

// Adds to the batch what makes the counts right when `before` becomes `after`. Null: it is not there. internal: the
// store holds something else. The arguments outlive the task.
base::Task<Result<void>> count_held_names(storage::Store& store, const Credential* before,
                                          const Credential* after, storage::Batch& batch);

}  // namespace dnsserver
