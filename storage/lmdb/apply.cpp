#include "storage/lmdb/apply.h"

#include "storage/ledger.h"
#include "storage/lmdb/layout.h"

namespace storage::lmdb {

namespace {

// Takes away what the expiry index says about the entry at `key`. False: there is no such entry.
Result<bool> forget_expiry(WriteTxn& txn, BytesView key) {
  TRY(const auto stored, txn.get(Database::entries, key));
  if (!stored) return false;
  TRY(const Record record, parse_record(*stored));
  if (record.expires) CHECK(txn.erase(Database::expiry, expiry_key(*record.expires, key)));
  return true;
}

Result<LedgerHead> head_of(WriteTxn& txn, const Bytes& ledger) {
  TRY(const auto last, txn.last_until(Database::entries, last_ledger_key(ledger)));
  if (!last) return LedgerHead{};
  TRY(const Record record, parse_record(last->value));
  return ledger_head_at(ledger, last->key, record.value);
}

}  // namespace

Result<bool> expectations_hold(Txn& txn, const Batch& batch) {
  for (const auto& [key, expected] : batch.expected) {
    TRY(const auto stored, txn.get(Database::entries, key));
    Revision revision = kAbsent;
    if (stored) {
      TRY(const Record record, parse_record(*stored));
      revision = record.revision;
    }
    if (revision != expected) return false;
  }
  return true;
}

Result<std::vector<Put>> apply(WriteTxn& txn, const Batch& batch, Revision revision) {
  for (const Put& put : batch.puts) {
    CHECK(forget_expiry(txn, put.key));
    CHECK(txn.put(Database::entries, put.key, to_stored(Record{revision, put.expires, put.value})));
    if (put.expires) CHECK(txn.put(Database::expiry, expiry_key(*put.expires, put.key), to_stored(revision)));
  }
  for (const Bytes& key : batch.deletes) {
    TRY(const bool present, forget_expiry(txn, key));
    if (present) CHECK(txn.erase(Database::entries, key));
  }
  std::vector<Put> appended;
  for (const Append& append : batch.appends) {
    TRY(const LedgerHead head, head_of(txn, append.ledger));
    Put entry = next_entry(append, head);
    CHECK(txn.put_last(Database::entries, entry.key, to_stored(Record{revision, std::nullopt, entry.value})));
    appended.push_back(std::move(entry));
  }
  return appended;
}

}  // namespace storage::lmdb
