#include "app/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "app/files.h"
#include "app/state.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::Bytes;
using std::filesystem::path;

class Backup : public testing::Test {
 protected:
  Backup() {
    std::filesystem::create_directories(state_ / kCaDirectory);
    EXPECT_TRUE(write_file(state_ / kCaDirectory / "issuing.key", "secret", FileMode::secret));
    EXPECT_TRUE(write_file(state_ / kCaDirectory / "issuing.pem", "certificate", FileMode::open_to_all));
    EXPECT_TRUE(write_file(state_ / "admin.token", "token", FileMode::secret));
    store_ = open(state_);
    storage::Batch batch;
    batch.puts.push_back({"key", "value"});
    EXPECT_TRUE(support::run_task(store_->commit(std::move(batch))));
  }

  static std::unique_ptr<storage::Store> open(const path& state) {
    storage::LmdbStore::Options options;
    options.directory = state / kStoreDirectory;
    options.size_max = 64 << 20;
    return storage::LmdbStore::open(std::move(options)).value();
  }

  static mode_t mode_of(const path& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777;
  }

  support::TempDirectory directory_;
  const path state_ = directory_.path() / "state";
  const path copy_ = directory_.path() / "copy";
  const path restored_ = directory_.path() / "restored";
  std::unique_ptr<storage::Store> store_;
};

TEST_F(Backup, RestoresTheOtherIssuersWithTheModesOfTheirKeys) {
  const path team = path(kIssuersDirectory) / "team";
  std::filesystem::create_directories(state_ / team);
  ASSERT_TRUE(write_file(state_ / team / "issuing.key", "secret of the team", FileMode::secret));
  ASSERT_TRUE(write_file(state_ / team / "roles", "current issuing\n", FileMode::open_to_all));
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  ASSERT_TRUE(restore_state(copy_, restored_));
  EXPECT_EQ(read_file(restored_ / team / "issuing.key").value(), "secret of the team");
  EXPECT_EQ(read_file(restored_ / team / "roles").value(), "current issuing\n");
  EXPECT_EQ(mode_of(copy_ / team / "issuing.key"), 0600u);
  EXPECT_EQ(mode_of(restored_ / team), 0700u);

  // Another issuer's keys are not overwritten.
  std::filesystem::remove_all(restored_ / kStoreDirectory);
  EXPECT_TRUE(restore_state(copy_, restored_));
  std::filesystem::remove_all(restored_ / kStoreDirectory);
  ASSERT_TRUE(write_file(restored_ / team / "issuing.key", "another", FileMode::secret));
  EXPECT_FALSE(restore_state(copy_, restored_));
}

TEST_F(Backup, RestoresStoreAndCa) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  ASSERT_TRUE(restore_state(copy_, restored_));
  const auto store = open(restored_);
  EXPECT_EQ(support::run_task(store->get("key")).value()->value, "value");
  EXPECT_EQ(read_file(restored_ / kCaDirectory / "issuing.pem").value(), "certificate");
  EXPECT_EQ(read_file(restored_ / kCaDirectory / "issuing.key").value(), "secret");
}

TEST_F(Backup, KeepsSecretsSecretAndTokensOut) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  EXPECT_EQ(mode_of(copy_), 0700u);
  EXPECT_EQ(mode_of(copy_ / kCaDirectory / "issuing.key"), 0600u);
  EXPECT_FALSE(std::filesystem::exists(copy_ / "admin.token"));
}

// A draft of a key, which a process that was killed left.
TEST_F(Backup, KeepsWhatItDoesNotKnowSecret) {
  store_.reset();
  ASSERT_TRUE(write_file(state_ / kCaDirectory / "issuing-2.key.aB3xYz", "secret", FileMode::secret));
  ASSERT_TRUE(backup_state(state_, copy_));
  EXPECT_EQ(mode_of(copy_ / kCaDirectory / "issuing-2.key.aB3xYz"), 0600u);
  EXPECT_EQ(mode_of(copy_ / kCaDirectory / "issuing.pem"), 0644u);
}

TEST_F(Backup, GoesOnlyWhereNothingIs) {
  store_.reset();
  std::filesystem::create_directory(copy_);
  EXPECT_FALSE(backup_state(state_, copy_));
  EXPECT_TRUE(std::filesystem::is_empty(copy_));
}

TEST_F(Backup, LeavesNothingWhenThereIsNoStore) {
  const path empty = directory_.path() / "empty";
  std::filesystem::create_directory(empty);
  EXPECT_FALSE(backup_state(empty, copy_));
  EXPECT_FALSE(std::filesystem::exists(copy_));
  const std::filesystem::directory_iterator left(directory_.path());
  EXPECT_EQ(std::distance(begin(left), end(left)), 2);  // the state, and the empty one
}

TEST_F(Backup, IsNotRestoredOverAStoreOrACa) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  EXPECT_FALSE(restore_state(copy_, state_));
  std::filesystem::remove_all(state_ / kCaDirectory);
  EXPECT_FALSE(restore_state(copy_, state_));
  EXPECT_FALSE(std::filesystem::exists(state_ / kCaDirectory));
}

TEST_F(Backup, IsRestoredToItsEndAfterAnAttemptThatWasCutShort) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  // Killed when the CA was there and the store was not.
  std::filesystem::create_directories(restored_);
  std::filesystem::copy(copy_ / kCaDirectory, restored_ / kCaDirectory);
  EXPECT_TRUE(restore_state(copy_, restored_));
  EXPECT_EQ(support::run_task(open(restored_)->get("key")).value()->value, "value");
}

TEST_F(Backup, WithADamagedStoreLeavesItsCaForTheNextAttempt) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  const path data = copy_ / kStoreDirectory / "data.mdb";
  const path hidden = directory_.path() / "hidden";
  std::filesystem::rename(data, hidden);
  EXPECT_FALSE(restore_state(copy_, restored_));
  EXPECT_EQ(mode_of(restored_), 0700u);
  std::filesystem::rename(hidden, data);
  EXPECT_TRUE(restore_state(copy_, restored_));
}

TEST_F(Backup, IsRestoredIntoEmptyDirectories) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  std::filesystem::create_directories(restored_ / kCaDirectory);
  ASSERT_TRUE(restore_state(copy_, restored_));
  EXPECT_EQ(read_file(restored_ / kCaDirectory / "issuing.key").value(), "secret");
}

TEST_F(Backup, IsNotRestoredBesideAnotherCa) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_));
  std::filesystem::create_directories(restored_ / kCaDirectory);
  ASSERT_TRUE(write_file(restored_ / kCaDirectory / "issuing.key", "another", FileMode::secret));
  EXPECT_FALSE(restore_state(copy_, restored_));
  EXPECT_FALSE(std::filesystem::exists(restored_ / kStoreDirectory));
  EXPECT_EQ(read_file(restored_ / kCaDirectory / "issuing.key").value(), "another");
}

TEST_F(Backup, TakesNoDirectoryOfTheOperatorsForItsDraft) {
  store_.reset();
  const path own = copy_.string() + ".new";
  std::filesystem::create_directory(own);
  ASSERT_TRUE(write_file(own / "letter", "mine", FileMode::secret));
  ASSERT_TRUE(backup_state(state_, copy_));
  EXPECT_EQ(read_file(own / "letter").value(), "mine");
}

TEST_F(Backup, GoesWhereAPathWithASlashAtItsEndSays) {
  store_.reset();
  ASSERT_TRUE(backup_state(state_, copy_.string() + "/"));
  EXPECT_TRUE(std::filesystem::exists(copy_ / kStoreDirectory));
}

TEST_F(Backup, OfAServerWithoutACaIsItsStore) {
  store_.reset();
  std::filesystem::remove_all(state_ / kCaDirectory);
  ASSERT_TRUE(backup_state(state_, copy_));
  ASSERT_TRUE(restore_state(copy_, restored_));
  EXPECT_FALSE(std::filesystem::exists(restored_ / kCaDirectory));
}

}  // namespace
}  // namespace app
