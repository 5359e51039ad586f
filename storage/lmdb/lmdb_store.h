#pragma once

#include <filesystem>
#include <memory>

#include "storage/lmdb/environment.h"
#include "storage/lmdb/read_pool.h"
#include "storage/lmdb/state_directory.h"
#include "storage/lmdb/writer.h"
#include "storage/store.h"
#include "storage/watch_list.h"

namespace storage {

// A store in one LMDB environment (docs/storage-format.md). Reads run on the caller's thread and wait for no
// one; commits run on one writer's thread.
class LmdbStore final : public Store {
 public:
  struct Options {
    std::filesystem::path directory;  // made if it is not there; one process at a time has it open
    // What keys, values and their pages may take. Address space for all of it is reserved at once, so that
    // the file grows with its contents and no reader ever waits for a larger map. May differ from start to
    // start.
    uint64_t size_max = uint64_t{16} << 30;
  };

  // internal, with a sentence for the operator: no access, in use by another process, not a store, or one
  // that a newer Assay wrote.
  static Result<std::unique_ptr<LmdbStore>> open(Options options);
  // Commits that have not begun are answered `unavailable`, and so are the watches.
  ~LmdbStore() override = default;

  Task<Result<std::optional<Entry>>> get(Bytes key) override;
  Task<Result<std::vector<Entry>>> list(Range range) override;
  Task<Result<Revision>> commit(Batch batch) override;
  std::unique_ptr<Watch> watch(Bytes prefix) override;
  void follow(Follower& follower) override { watches_.follow(follower); }
  void unfollow(Follower& follower) override { watches_.unfollow(follower); }
  Task<Result<std::vector<Expectation>>> expired(Bytes prefix, Time now, size_t limit) override;
  std::unique_ptr<Reader> reader() override;

  // Whoever commits is not about to bring more: what waits to share a sync with others (storage/lmdb/gathering.h) is
  // committed at once. It need not be called; without it a commit may wait as long as the one before, 5 ms at most.
  void hasten() { writer_.hasten(); }

  // Writes a backup of the newest revision into the directory `to`, as storage/lmdb/backup.h says, while commits
  // go on. Blocks its thread.
  Result<void> backup(const std::filesystem::path& to);

 private:
  LmdbStore(lmdb::DirectoryLock lock, std::unique_ptr<lmdb::Environment> environment, size_t size_max,
            Revision last);

  lmdb::DirectoryLock lock_;
  std::unique_ptr<lmdb::Environment> environment_;
  lmdb::ReadPool reads_;
  WatchList watches_;
  lmdb::Writer writer_;
};

}  // namespace storage
