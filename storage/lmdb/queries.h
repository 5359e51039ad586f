#pragma once

#include "storage/lmdb/environment.h"

// What Store promises of reads, on one transaction.
namespace storage::lmdb {

Result<std::optional<Entry>> find_entry(ReadTxn& txn, Bytes key);
Result<std::vector<Entry>> list_entries(ReadTxn& txn, const Range& range);
Result<std::vector<Expectation>> list_expired(ReadTxn& txn, const Bytes& prefix, Time now, size_t limit);

}  // namespace storage::lmdb
