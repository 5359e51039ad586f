#include "storage/lmdb/queries.h"

#include <algorithm>
#include <utility>

#include "storage/lmdb/layout.h"

namespace storage::lmdb {

Result<std::optional<Entry>> find_entry(ReadTxn& txn, Bytes key) {
  TRY(const auto stored, txn.get(Database::entries, key));
  if (!stored) return std::nullopt;
  TRY(const Record record, parse_record(*stored));
  return Entry{std::move(key), Bytes(record.value), record.revision};
}

Result<std::vector<Entry>> list_entries(ReadTxn& txn, const Range& range) {
  std::vector<Entry> entries;
  if (range.limit == 0) return entries;
  TRY(auto at, txn.lower_bound(Database::entries, std::max(range.prefix, range.after)));
  if (at && at->key == range.after) {
    TRY(at, txn.next(Database::entries));
  }
  while (at && at->key.starts_with(range.prefix)) {
    TRY(const Record record, parse_record(at->value));
    entries.push_back({Bytes(at->key), Bytes(record.value), record.revision});
    if (entries.size() == range.limit) break;
    TRY(at, txn.next(Database::entries));
  }
  return entries;
}

namespace {

struct Expired {
  Time expires;
  Expectation entry;
};

// Appends what has expired under `prefix` among the keys whose first octet is `table`, in order, at most
// `limit`.
Result<void> append_expired(ReadTxn& txn, char table, const Bytes& prefix, Time now, size_t limit,
                            std::vector<Expired>& expired) {
  TRY(auto at, txn.lower_bound(Database::expiry, BytesView(&table, 1)));
  for (size_t found = 0; at && at->key.front() == table && found < limit;) {
    TRY(ExpiryKey key, parse_expiry_key(at->key));
    if (key.expires > now) break;
    if (key.key.starts_with(prefix)) {
      TRY(const Revision revision, parse_revision(at->value));
      expired.push_back({key.expires, {std::move(key.key), revision}});
      ++found;
    }
    TRY(at, txn.next(Database::expiry));
  }
  return {};
}

}  // namespace

Result<std::vector<Expectation>> list_expired(ReadTxn& txn, const Bytes& prefix, Time now, size_t limit) {
  std::vector<Expired> expired;
  // The index is in order within each table; over all of them, the heads of the tables are merged.
  int table = prefix.empty() ? 0 : uint8_t(prefix.front());
  const int last = prefix.empty() ? 0xff : table;
  for (; table <= last; ++table)
    CHECK(append_expired(txn, char(table), prefix, now, limit, expired));
  std::ranges::stable_sort(expired, {}, &Expired::expires);
  std::vector<Expectation> entries;
  for (Expired& one : expired) {
    if (entries.size() == limit) break;
    entries.push_back(std::move(one.entry));
  }
  return entries;
}

}  // namespace storage::lmdb
