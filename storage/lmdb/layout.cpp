#include "storage/lmdb/layout.h"

#include <limits>

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;

namespace {

constexpr BytesView kFormatKey = "format";
constexpr BytesView kRevisionKey = "revision";

constexpr size_t kNumberSize = 8;
// Stands for "does not expire" in a header; no time is as late.
constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();
// Flips the sign so that times compare as unsigned numbers.
constexpr uint64_t kSign = uint64_t{1} << 63;

void append(Bytes& to, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to += char(number >> shift & 0xff);
}

// REQUIRES: at least kNumberSize octets.
uint64_t number_in(BytesView octets) {
  uint64_t number = 0;
  for (size_t i = 0; i < kNumberSize; ++i)
    number = number << 8 | uint8_t(octets[i]);
  return number;
}

uint64_t number_of(Time time) { return uint64_t(time.time_since_epoch().count()) ^ kSign; }
Time time_of(uint64_t number) { return Time(std::chrono::milliseconds(int64_t(number ^ kSign))); }

}  // namespace

Bytes to_stored(const Record& record) {
  Bytes stored;
  stored.reserve(kHeaderSize + record.value.size());
  append(stored, record.revision);
  append(stored, record.expires ? number_of(*record.expires) : kNever);
  stored.append(record.value);
  return stored;
}

Result<Record> parse_record(BytesView stored) {
  if (stored.size() < kHeaderSize) return fail(ErrorKind::internal, "an entry is shorter than its header");
  const uint64_t expires = number_in(stored.substr(kNumberSize));
  return Record{number_in(stored), expires == kNever ? std::nullopt : std::optional(time_of(expires)),
                stored.substr(kHeaderSize)};
}

Bytes expiry_key(Time expires, BytesView key) {
  Bytes stored;
  stored.reserve(kNumberSize + key.size());
  stored.append(key.substr(0, 1));
  append(stored, number_of(expires));
  stored.append(key.substr(1));
  return stored;
}

Result<ExpiryKey> parse_expiry_key(BytesView stored) {
  if (stored.size() < 1 + kNumberSize)
    return fail(ErrorKind::internal, "a key of the expiry index is too short");
  Bytes key(stored.substr(0, 1));
  key.append(stored.substr(1 + kNumberSize));
  return ExpiryKey{time_of(number_in(stored.substr(1))), std::move(key)};
}

Bytes to_stored(Revision number) {
  Bytes stored;
  append(stored, number);
  return stored;
}

Result<Revision> parse_revision(BytesView stored) {
  if (stored.size() != kNumberSize) return fail(ErrorKind::internal, "a revision is not 8 octets long");
  return number_in(stored);
}

Result<void> create_layout(Environment& environment) {
  CHECK(environment.open_databases(true));
  WriteTxn txn(environment);
  CHECK(txn.begin());
  CHECK(txn.put(Database::meta, kFormatKey, to_stored(kFormat)));
  CHECK(set_last_revision(txn, kAbsent));
  return txn.commit();
}

Result<void> open_layout(Environment& environment, const std::filesystem::path& directory) {
  TRY(const auto stored, environment.read_meta(kFormatKey));
  if (!stored || stored->size() != kNumberSize) {
    return fail(ErrorKind::internal,
                "the LMDB environment in " + directory.string() + " is not a store of Assay");
  }
  if (const uint64_t format = number_in(*stored); format > kFormat) {
    return fail(ErrorKind::internal,
                "the store in " + directory.string() + " has format " + std::to_string(format) +
                    ", written by a newer Assay; this one reads up to " + std::to_string(kFormat));
  }
  return environment.open_databases(false);
}

Result<void> raise_format(Environment& environment) {
  TRY(const auto stored, environment.read_meta(kFormatKey));
  if (stored == to_stored(kFormat)) return {};
  WriteTxn txn(environment);
  CHECK(txn.begin());
  CHECK(txn.put(Database::meta, kFormatKey, to_stored(kFormat)));
  return txn.commit();
}

Result<Revision> last_revision(Txn& txn) {
  TRY(const auto stored, txn.get(Database::meta, kRevisionKey));
  return parse_revision(stored.value_or(BytesView()));
}

Result<void> set_last_revision(WriteTxn& txn, Revision revision) {
  return txn.put(Database::meta, kRevisionKey, to_stored(revision));
}

namespace {

// How many entries expire, after a look at every one of them.
Result<size_t> check_entries(ReadTxn& txn, Revision last) {
  size_t expiring = 0;
  TRY(auto entry, txn.lower_bound(Database::entries, {}));
  while (entry) {
    TRY(const Record record, parse_record(entry->value));
    if (record.revision > last) return fail(ErrorKind::internal, "an entry is newer than the store");
    if (record.expires) {
      ++expiring;
      TRY(const auto indexed, txn.get(Database::expiry, expiry_key(*record.expires, entry->key)));
      if (indexed != to_stored(record.revision)) {
        return fail(ErrorKind::internal, "the expiry index misses an entry");
      }
    }
    TRY(entry, txn.next(Database::entries));
  }
  return expiring;
}

}  // namespace

Result<void> check_integrity(Environment& environment) {
  ReadTxn txn(environment);
  CHECK(txn.renew());
  TRY(const Revision last, last_revision(txn));
  TRY(size_t expiring, check_entries(txn, last));
  TRY(auto indexed, txn.lower_bound(Database::expiry, {}));
  for (; indexed; --expiring) {
    if (expiring == 0) return fail(ErrorKind::internal, "the expiry index names an entry that is not there");
    TRY(indexed, txn.next(Database::expiry));
  }
  return {};
}

}  // namespace storage::lmdb
