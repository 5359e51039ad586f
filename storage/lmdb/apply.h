#pragma once

#include "storage/lmdb/environment.h"

namespace storage::lmdb {

// Whether every expectation of the batch holds in what the transaction sees.
Result<bool> expectations_hold(Txn& txn, const Batch& batch);

// Makes the batch's changes at `revision`, and keeps the expiry index right. Returns what it appended.
Result<std::vector<Put>> apply(WriteTxn& txn, const Batch& batch, Revision revision);

}  // namespace storage::lmdb
