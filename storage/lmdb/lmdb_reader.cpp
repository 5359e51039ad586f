#include "storage/lmdb/lmdb_reader.h"

#include <utility>

#include "storage/lmdb/layout.h"

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;

Result<bool> LmdbReader::refresh() {
  // The transaction that begins after this load sees at least this revision.
  const Revision committed = writer_.committed();
  if (committed == revision_ && txn_.active()) return false;
  txn_.reset();
  CHECK(txn_.renew());
  return std::exchange(revision_, committed) != committed;
}

Result<std::optional<BytesView>> LmdbReader::get(BytesView key) {
  if (!txn_.active()) CHECK(refresh());
  TRY(const auto stored, txn_.get(Database::entries, key));
  if (!stored) return std::nullopt;
  TRY(const Record record, parse_record(*stored));
  return record.value;
}

Result<std::optional<EntryView>> LmdbReader::lower_bound(BytesView key) {
  if (!txn_.active()) CHECK(refresh());
  TRY(const auto entry, txn_.lower_bound(Database::entries, key));
  if (!entry) return std::nullopt;
  TRY(const Record record, parse_record(entry->value));
  return EntryView{entry->key, record.value};
}

}  // namespace storage::lmdb
