#pragma once

#include <filesystem>

#include "storage/lmdb/environment.h"

// How a store lies in an environment: docs/storage-format.md.
namespace storage::lmdb {

// Grows with every change after which older code could misread what this code writes. This code reads all that are
// older.
inline constexpr uint64_t kFormat = 2;

// Revision and time to expire, in front of every value.
inline constexpr size_t kHeaderSize = 16;

// One entry as it is stored. Aliases the octets it was read from.
struct Record {
  Revision revision;
  std::optional<Time> expires;
  BytesView value;
};

Bytes to_stored(const Record& record);
// internal: shorter than its header.
Result<Record> parse_record(BytesView stored);

// The key of the expiry index: the key's first octet, the time, the rest of the key. Times before 1970 come
// first.
Bytes expiry_key(Time expires, BytesView key);
struct ExpiryKey {
  Time expires;
  Bytes key;
};
Result<ExpiryKey> parse_expiry_key(BytesView stored);

// The index's value: the entry's revision. Revisions and the format are 8 octets in network order.
Bytes to_stored(Revision number);
Result<Revision> parse_revision(BytesView stored);

// Makes the sub-databases of an empty store.
Result<void> create_layout(Environment& environment);
// Makes the sub-databases of a store known. internal, with a sentence that names `directory`: this is no
// store of ours, or one that a newer Assay wrote.
Result<void> open_layout(Environment& environment, const std::filesystem::path& directory);

// Gives a store of an older format this one, durably, so that older code refuses it from now on. To be called before
// anything is written to it. REQUIRES: open_layout has succeeded.
Result<void> raise_format(Environment& environment);

// The revision of the last commit.
Result<Revision> last_revision(Txn& txn);
Result<void> set_last_revision(WriteTxn& txn, Revision revision);

// Reads everything: every record is whole, no revision is newer than the last one, and the expiry index names
// the entries that expire and no others. internal says what is wrong.
Result<void> check_integrity(Environment& environment);

}  // namespace storage::lmdb
