#include "storage/lmdb/lmdb_store.h"

#include <utility>

#include "storage/batch.h"
#include "storage/lmdb/backup.h"
#include "storage/lmdb/layout.h"
#include "storage/lmdb/lmdb_reader.h"
#include "storage/lmdb/queries.h"

namespace storage {

using base::ErrorKind;
using base::fail;

namespace {

size_t map_size(size_t size_max) { return size_max + kReserveSize + lmdb::deletion_reserve(size_max); }

Result<void> create_store(const std::filesystem::path& directory) {
  return lmdb::install_store(directory, [](const std::filesystem::path& unfinished) -> Result<void> {
    TRY(const auto environment, lmdb::Environment::open(unfinished, lmdb::Access::write, map_size(0)));
    return lmdb::create_layout(*environment);
  });
}

}  // namespace

Result<std::unique_ptr<LmdbStore>> LmdbStore::open(Options options) {
  const auto& directory = options.directory;
  CHECK(lmdb::make_directory(directory));
  TRY(auto lock, lmdb::DirectoryLock::take(directory));
  if (!lmdb::holds_store(directory)) CHECK(create_store(directory));
  TRY(auto environment, lmdb::Environment::open(directory, lmdb::Access::write, map_size(options.size_max)));
  CHECK(lmdb::open_layout(*environment, directory));
  CHECK(lmdb::raise_format(*environment));
  Revision last = kAbsent;
  {
    lmdb::ReadTxn txn(*environment);
    CHECK(txn.renew());
    TRY(last, lmdb::last_revision(txn));
  }
  return std::unique_ptr<LmdbStore>(
      new LmdbStore(std::move(lock), std::move(environment), options.size_max, last));
}

LmdbStore::LmdbStore(lmdb::DirectoryLock lock, std::unique_ptr<lmdb::Environment> environment,
                     size_t size_max, Revision last)
    : lock_(std::move(lock)),
      environment_(std::move(environment)),
      reads_(*environment_),
      writer_(*environment_, watches_, size_max, last) {}

Task<Result<std::optional<Entry>>> LmdbStore::get(Bytes key) {
  co_return reads_.run([&key](lmdb::ReadTxn& txn) { return lmdb::find_entry(txn, std::move(key)); });
}

Task<Result<std::vector<Entry>>> LmdbStore::list(Range range) {
  co_return reads_.run([&range](lmdb::ReadTxn& txn) { return lmdb::list_entries(txn, range); });
}

Task<Result<Revision>> LmdbStore::commit(Batch batch) {
  CO_CHECK(validate(batch));
  auto start = [this, &batch](lmdb::Writer::Answer answer) {
    writer_.commit(std::move(batch), std::move(answer));
  };
  co_return co_await answered<Result<Revision>>(start);
}

std::unique_ptr<Watch> LmdbStore::watch(Bytes prefix) { return watches_.add(std::move(prefix)); }

Task<Result<std::vector<Expectation>>> LmdbStore::expired(Bytes prefix, Time now, size_t limit) {
  co_return reads_.run([&](lmdb::ReadTxn& txn) { return lmdb::list_expired(txn, prefix, now, limit); });
}

std::unique_ptr<Reader> LmdbStore::reader() {
  return std::make_unique<lmdb::LmdbReader>(*environment_, writer_);
}

Result<void> LmdbStore::backup(const std::filesystem::path& to) {
  return lmdb::write_backup(*environment_, to);
}

}  // namespace storage
