#include "storage/lmdb/backup.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "storage/lmdb/layout.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace storage {
namespace {

using base::ErrorKind;
using support::run_task;
using support::TempDirectory;
using testing::HasSubstr;

const Time kTime{std::chrono::seconds(1'790'000'000)};

class BackupTest : public testing::Test {
 protected:
  std::unique_ptr<LmdbStore> open(const std::filesystem::path& directory) {
    return LmdbStore::open({.directory = directory, .size_max = 64 << 20}).value();
  }
  // A backup of a store with two entries, of which one expires.
  void make_backup() {
    const auto store = open(state_);
    run_task(store->commit({.puts = {{"a", "1"}}})).value();
    run_task(store->commit({.puts = {{"b", Bytes(10'000, 'v'), kTime}}})).value();
    ASSERT_TRUE(store->backup(backup_));
  }
  std::string restore_error() {
    const auto restored = restore_store(backup_, restored_);
    EXPECT_FALSE(std::filesystem::exists(restored_ / lmdb::kDataFile));
    return restored ? "" : restored.error().detail;
  }

  TempDirectory temporary_{TempDirectory::Place::memory};
  std::filesystem::path state_ = temporary_.path() / "state";
  std::filesystem::path backup_ = temporary_.path() / "backup";
  std::filesystem::path restored_ = temporary_.path() / "restored";
};

// A process beside this one, as the operator's command is. It runs one step at a time. To be made before this
// process has threads, which do not go along into the other.
class OtherProcess {
 public:
  explicit OtherProcess(std::vector<std::function<bool()>> steps) {
    if (pipe(to_child_) != 0 || pipe(to_parent_) != 0) abort();
    process_ = fork();
    if (process_ == 0) serve(steps);
  }
  ~OtherProcess() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    for (const int end : {to_child_[0], to_child_[1], to_parent_[0], to_parent_[1]})
      close(end);
  }

  // What the next step returned.
  bool step() {
    char result = 0;
    return write(to_child_[1], "s", 1) == 1 && read(to_parent_[0], &result, 1) == 1 && result == 1;
  }

 private:
  [[noreturn]] void serve(const std::vector<std::function<bool()>>& steps) {
    char go = 0;
    for (const auto& step : steps) {
      if (read(to_child_[0], &go, 1) != 1) break;
      const char result = step();
      if (write(to_parent_[1], &result, 1) != 1) break;
    }
    pause();
    abort();
  }

  int to_child_[2];
  int to_parent_[2];
  pid_t process_;
};

TEST_F(BackupTest, WhatIsRestoredIsWhatWasBackedUp) {
  make_backup();
  run_task(open(state_)->commit({.puts = {{"a", "after the backup"}}})).value();
  ASSERT_TRUE(restore_store(backup_, restored_));
  const auto store = open(restored_);
  EXPECT_THAT(run_task(store->list({})).value(),
              testing::ElementsAre(Entry{"a", "1", 1}, Entry{"b", Bytes(10'000, 'v'), 2}));
  EXPECT_THAT(run_task(store->expired("", kTime, 9)).value(), testing::ElementsAre(Expectation{"b", 2}));
  EXPECT_EQ(run_task(store->commit({})), 3u);
}

TEST_F(BackupTest, IsReadableByItsOwnerOnly) {
  make_backup();
  struct stat status;
  ASSERT_EQ(stat(backup_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((backup_ / lmdb::kDataFile).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(BackupTest, ItsSumIsWhatSha256sumChecks) {
  make_backup();
  EXPECT_EQ(std::system(("cd '" + backup_.string() + "' && sha256sum --check --status SHA256SUMS").c_str()),
            0);
}

// Each batch moves two counters together; a copy that caught half a batch has them apart.
TEST_F(BackupTest, IsConsistentWhileOthersWrite) {
  const auto store = open(state_);
  std::atomic<bool> done = false;
  std::atomic<int> commits = 0;
  std::thread writer([&] {
    for (int i = 0; !done; ++i, ++commits) {
      const Bytes count = std::to_string(i);
      Batch batch{
          .puts = {{"first", count}, {"last", count}, {"pad" + std::to_string(i % 50), Bytes(9000, 'p')}}};
      run_task(store->commit(std::move(batch))).value();
    }
  });
  while (commits < 5)
    std::this_thread::yield();
  for (int i = 0; i < 10; ++i) {
    const int before = commits;
    const auto backup = backup_.string() + std::to_string(i);
    const auto restored = restored_.string() + std::to_string(i);
    EXPECT_TRUE(store->backup(backup));
    EXPECT_TRUE(restore_store(backup, restored));
    const auto copy = open(restored);
    const auto first = run_task(copy->get("first")).value()->value;
    EXPECT_EQ(first, run_task(copy->get("last")).value()->value);
    EXPECT_GE(std::stoi(first) + 1, before) << "what was acknowledged before is in it";
  }
  done = true;
  writer.join();
}

TEST_F(BackupTest, CanBeMadeByAnotherProcessWhileTheStoreIsOpen) {
  OtherProcess other({[&] { return backup_store(state_, backup_).has_value(); }});
  const auto store = open(state_);
  run_task(store->commit({.puts = {{"a", Bytes(8 << 20, 'v')}}})).value();
  EXPECT_TRUE(other.step());
  run_task(store->commit({.puts = {{"a", "2"}}})).value();
  ASSERT_TRUE(restore_store(backup_, restored_));
  EXPECT_EQ(run_task(open(restored_)->get("a")).value()->value.size(), size_t{8 << 20});
}

TEST_F(BackupTest, CanBeMadeOfAStoreThatNoOneHasOpen) {
  run_task(open(state_)->commit({.puts = {{"a", "1"}}})).value();
  ASSERT_TRUE(backup_store(state_, backup_));
  ASSERT_TRUE(restore_store(backup_, restored_));
  EXPECT_EQ(run_task(open(restored_)->get("a")).value()->value, "1");
}

// The reader's map is 4 MiB, because that is what the store was made with; the store then grows past it.
TEST_F(BackupTest, FollowsAMapThatHasGrownSinceItWasOpened) {
  std::unique_ptr<lmdb::Environment> environment;  // of the other process
  const auto open_environment = [&] {
    environment = lmdb::Environment::open(state_, lmdb::Access::read).value();
    return lmdb::open_layout(*environment, state_).has_value();
  };
  const auto back_up = [&] { return lmdb::write_backup(*environment, backup_).has_value(); };
  OtherProcess other({open_environment, back_up});
  const auto store = open(state_);
  ASSERT_TRUE(other.step());
  run_task(store->commit({.puts = {{"a", Bytes(16 << 20, 'v')}}})).value();
  ASSERT_TRUE(other.step());
  ASSERT_TRUE(restore_store(backup_, restored_));
  EXPECT_EQ(run_task(open(restored_)->get("a")).value()->value.size(), size_t{16 << 20});
}

// A slot that stays taken would keep its revision, and all pages freed since, for ever.
TEST_F(BackupTest, AReaderThatWasKilledDoesNotHoldOnToItsRevision) {
  std::unique_ptr<lmdb::Environment> environment;
  std::unique_ptr<lmdb::ReadTxn> txn;
  auto other = std::make_unique<OtherProcess>(std::vector<std::function<bool()>>{[&] {
    environment = lmdb::Environment::open(state_, lmdb::Access::read).value();
    txn = std::make_unique<lmdb::ReadTxn>(*environment);
    return lmdb::open_layout(*environment, state_) && txn->renew();
  }});
  auto store = open(state_);
  ASSERT_TRUE(other->step());
  other = nullptr;
  for (int i = 0; i < 3; ++i)
    run_task(store->commit({.puts = {{"a", Bytes(1 << 20, 'v')}}})).value();
  const auto size = [&] { return std::filesystem::file_size(state_ / lmdb::kDataFile); };
  EXPECT_GT(size(), size_t{3 << 20}) << "nothing is used again while the dead one reads";
  store = nullptr;
  store = open(state_);
  const auto before = size();
  for (int i = 0; i < 10; ++i)
    run_task(store->commit({.puts = {{"a", Bytes(1 << 20, 'v')}}})).value();
  EXPECT_LE(size(), before + (2 << 20));
}

TEST_F(BackupTest, OverwritesNothing) {
  make_backup();
  const auto again = open(state_)->backup(backup_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().detail, backup_.string() + " exists; a backup overwrites nothing");
  EXPECT_TRUE(restore_store(backup_, restored_)) << "the one before is untouched";
}

TEST_F(BackupTest, OfADirectoryWithoutAStoreFailsAndMakesNone) {
  std::filesystem::create_directory(state_);
  EXPECT_EQ(backup_store(state_, backup_).error().detail, "there is no store in " + state_.string());
  EXPECT_TRUE(std::filesystem::is_empty(state_));
  EXPECT_FALSE(std::filesystem::exists(backup_));
}

TEST_F(BackupTest, IsNotRestoredOverAStore) {
  make_backup();
  EXPECT_THAT(restore_store(backup_, state_).error().detail,
              HasSubstr("there is a store in " + state_.string()));
  const auto store = open(state_);
  EXPECT_THAT(restore_store(backup_, state_).error().detail, HasSubstr("is in use"));
  EXPECT_EQ(run_task(store->get("a")).value()->value, "1");
}

TEST_F(BackupTest, WithoutItsSumIsNotComplete) {
  make_backup();
  std::filesystem::remove(backup_ / kChecksumFile);
  EXPECT_THAT(restore_error(), HasSubstr(kChecksumFile));
}

TEST_F(BackupTest, WithoutItsDataIsNotRestored) {
  make_backup();
  std::filesystem::remove(backup_ / lmdb::kDataFile);
  EXPECT_THAT(restore_error(), HasSubstr(lmdb::kDataFile));
}

TEST_F(BackupTest, WithOneWrongBitAnywhereIsNotRestored) {
  make_backup();
  const auto file = backup_ / lmdb::kDataFile;
  const auto size = std::filesystem::file_size(file);
  for (size_t offset = 0; offset < size; offset += size / 16) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(std::streamoff(offset));
    const char octet = char(stream.get());
    stream.seekp(std::streamoff(offset));
    stream.put(char(octet ^ 1)).flush();
    EXPECT_THAT(restore_error(), HasSubstr("is damaged")) << offset;
    stream.seekp(std::streamoff(offset));
    stream.put(octet);
  }
  EXPECT_TRUE(restore_store(backup_, restored_));
}

TEST_F(BackupTest, CutShortIsNotRestored) {
  make_backup();
  std::filesystem::resize_file(backup_ / lmdb::kDataFile, 5000);
  EXPECT_THAT(restore_error(), HasSubstr("is damaged"));
}

// Whoever makes a sum of their own for what is no store still gets an error and no crash.
TEST_F(BackupTest, OfSomethingElseIsNotRestored) {
  for (const size_t size : {0, 100, 4096, 10'000}) {
    std::filesystem::remove_all(backup_);
    std::filesystem::create_directory(backup_);
    std::ofstream(backup_ / lmdb::kDataFile) << std::string(size, 'x');
    ASSERT_EQ(std::system(("cd '" + backup_.string() + "' && sha256sum data.mdb > SHA256SUMS").c_str()), 0);
    EXPECT_THAT(restore_error(), HasSubstr("cannot open the store")) << size;
  }
}

}  // namespace
}  // namespace storage
