#include "storage/lmdb/lmdb_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "storage/batch.h"
#include "storage/ledger.h"
#include "storage/lmdb/layout.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace storage {
namespace {

using base::ErrorKind;
using support::run_task;
using support::TempDirectory;
using testing::HasSubstr;

constexpr size_t kMebi = 1 << 20;
constexpr size_t kSmall = 2 * kMebi;

class LmdbStoreTest : public testing::Test {
 protected:
  std::unique_ptr<LmdbStore> open(uint64_t size_max = 64 * kMebi) {
    return LmdbStore::open({.directory = directory_, .size_max = size_max}).value();
  }
  base::Error open_error() {
    const auto opened = LmdbStore::open({.directory = directory_});
    EXPECT_FALSE(opened);
    return opened ? base::Error{} : opened.error();
  }

  // The format that the store says it has. REQUIRES of both: nobody has it open.
  uint64_t format() {
    const auto environment = lmdb::Environment::open(directory_, lmdb::Access::read).value();
    return lmdb::parse_revision(environment->read_meta("format").value().value()).value();
  }
  void write_format(uint64_t number) {
    const auto environment = lmdb::Environment::open(directory_, lmdb::Access::write, 64 * kMebi).value();
    ASSERT_TRUE(environment->open_databases(false));
    lmdb::WriteTxn txn(*environment);
    ASSERT_TRUE(txn.begin());
    ASSERT_TRUE(txn.put(lmdb::Database::meta, "format", lmdb::to_stored(number)));
    ASSERT_TRUE(txn.commit());
  }

  TempDirectory temporary_{TempDirectory::Place::memory};
  std::filesystem::path directory_ = temporary_.path() / "var" / "state";
};

Result<Revision> commit(Store& store, Batch batch) { return run_task(store.commit(std::move(batch))); }

// Puts 100 kB under k0, k1 … until the store is full, and returns how many it took.
int fill(Store& store) {
  for (int count = 0;; ++count) {
    const auto result = commit(store, {.puts = {{"k" + std::to_string(count), Bytes(100'000, 'v')}}});
    if (result) continue;
    EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
    return count;
  }
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

TEST_F(LmdbStoreTest, MakesItsDirectoriesAndFilesForItsOwnerOnly) {
  const mode_t before = umask(0);
  const auto store = open();
  umask(before);
  EXPECT_EQ(mode_of(directory_), 0700u);
  EXPECT_EQ(mode_of(directory_.parent_path()), 0700u);
  for (const auto& file : std::filesystem::directory_iterator(directory_)) {
    EXPECT_EQ(mode_of(file.path()), 0600u) << file.path();
  }
}

TEST_F(LmdbStoreTest, KeepsEverythingWhenItIsOpenedAgain) {
  const Time expires{std::chrono::seconds(1'790'000'000)};
  ASSERT_EQ(commit(*open(), {.puts = {{"a", "1", expires}, {"b", "2"}}}), 1u);
  ASSERT_EQ(commit(*open(), {.expected = {{"b", 1}}, .deletes = {"b"}}), 2u);
  const auto store = open();
  EXPECT_EQ(run_task(store->get("a")).value(), (Entry{"a", "1", 1}));
  EXPECT_EQ(run_task(store->get("b")).value(), std::nullopt);
  EXPECT_THAT(run_task(store->expired("", expires, 9)).value(), testing::ElementsAre(Expectation{"a", 1}));
  const auto reader = store->reader();
  EXPECT_EQ(reader->get("a").value(), "1");
}

TEST_F(LmdbStoreTest, GoesOnWithALedgerWhenItIsOpenedAgain) {
  ASSERT_EQ(commit(*open(), {.appends = {{"~", "first"}}}), 1u);
  const auto store = open();
  ASSERT_EQ(commit(*store, {.appends = {{"~", "second"}}}), 2u);
  const auto entries = run_task(store->list({.prefix = "~"})).value();
  ASSERT_EQ(entries.size(), 2u);
  const LedgerEntry first = parse_ledger_entry("~", entries[0].key, entries[0].value).value();
  EXPECT_TRUE(follows(first, {}));
  EXPECT_TRUE(follows(parse_ledger_entry("~", entries[1].key, entries[1].value).value(), first.head));
}

// LMDB's usual way leaves pages half empty when keys come in order.
TEST_F(LmdbStoreTest, FillsThePagesOfALedgerBehindAllOtherKeys) {
  constexpr size_t kPayload = 300;
  constexpr int kEntries = 4000;
  const auto store = open();
  commit(*store, {.puts = {{"zone", "v"}}}).value();
  const auto before = std::filesystem::file_size(directory_ / lmdb::kDataFile);
  Batch batch;
  for (int i = 0; i < kEntries; ++i)
    batch.appends.push_back({"~", Bytes(kPayload, 'v')});
  commit(*store, std::move(batch)).value();
  const auto taken = std::filesystem::file_size(directory_ / lmdb::kDataFile) - before;
  EXPECT_LT(taken, kEntries * (kPayload + 120));
}

TEST_F(LmdbStoreTest, IsOpenForWritingOnlyOnce) {
  auto store = open();
  const auto error = open_error();
  EXPECT_THAT(error.detail, HasSubstr("the store in " + directory_.string() + " is in use"));
  store = nullptr;
  EXPECT_TRUE(open());
}

TEST_F(LmdbStoreTest, RefusesAStoreThatANewerAssayWrote) {
  open();
  write_format(7);
  EXPECT_EQ(open_error().detail, "the store in " + directory_.string() +
                                     " has format 7, written by a newer Assay; this one reads up to 2");
  write_format(3);
  EXPECT_THAT(open_error().detail, HasSubstr("has format 3, written by a newer Assay"));
  EXPECT_EQ(format(), 3u);
}

TEST_F(LmdbStoreTest, TakesAStoreOfTheFirstFormatOver) {
  commit(*open(), {.puts = {{"a", "1"}}}).value();
  EXPECT_EQ(format(), 2u);
  write_format(1);
  EXPECT_EQ(run_task(open()->get("a")).value(), (Entry{"a", "1", 1}));
  EXPECT_EQ(format(), 2u);
  EXPECT_EQ(commit(*open(), {.puts = {{"b", "2"}}}), 2u);
}

TEST_F(LmdbStoreTest, RefusesAnEnvironmentThatIsNotAStore) {
  std::filesystem::create_directories(directory_);
  { ASSERT_TRUE(lmdb::Environment::open(directory_, lmdb::Access::write, kMebi)); }
  EXPECT_THAT(open_error().detail, HasSubstr("is not a store of Assay"));
}

TEST_F(LmdbStoreTest, RefusesAFileThatIsNotLmdbs) {
  std::filesystem::create_directories(directory_);
  std::ofstream(directory_ / lmdb::kDataFile) << std::string(10'000, 'x');
  EXPECT_THAT(open_error().detail, HasSubstr("cannot open the store in " + directory_.string()));
}

TEST_F(LmdbStoreTest, RefusesAFileThatWasCutShort) {
  commit(*open(), {.puts = {{"a", Bytes(kMebi, 'v')}}}).value();
  std::filesystem::resize_file(directory_ / lmdb::kDataFile, kMebi / 2);
  EXPECT_THAT(open_error().detail, HasSubstr("is cut short"));
}

TEST_F(LmdbStoreTest, RefusesADirectoryThatIsAFile) {
  std::filesystem::create_directories(directory_.parent_path());
  std::ofstream(directory_) << "x";
  EXPECT_THAT(open_error().detail, HasSubstr(directory_.string()));
}

TEST_F(LmdbStoreTest, ThrowsAwayAStoreThatWasNotFinished) {
  std::filesystem::create_directories(directory_ / "unfinished");
  std::ofstream(directory_ / "unfinished" / lmdb::kDataFile) << "half a page";
  const auto store = open();
  EXPECT_EQ(commit(*store, {}), 1u);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "unfinished"));
}

// The map that a store is made with has room for 4 MiB. All of size_max is mapped when it is opened, so that
// there is nothing to wait for afterwards: neither for readers, nor for a restart.
TEST_F(LmdbStoreTest, GrowsFarPastTheMapItWasMadeWithWhileAReaderStaysAtItsRevision) {
  const auto store = open(256 * kMebi);
  commit(*store, {.puts = {{"a", "before"}}}).value();
  const auto reader = store->reader();
  const BytesView before = reader->get("a").value().value();
  ASSERT_LT(std::filesystem::file_size(directory_ / lmdb::kDataFile), kMebi);
  for (int i = 0; i < 64; ++i) {
    ASSERT_TRUE(commit(*store, {.puts = {{"a" + std::to_string(i), Bytes(kMebi, 'v')}}}));
  }
  EXPECT_GT(std::filesystem::file_size(directory_ / lmdb::kDataFile), 64 * kMebi);
  EXPECT_EQ(before, "before");
  EXPECT_TRUE(reader->refresh().value());
  EXPECT_EQ(reader->get("a63").value().value().size(), kMebi);
}

TEST_F(LmdbStoreTest, IsUnavailableAtItsLimitAndGoesOnReading) {
  const auto store = open(kSmall);
  const int count = fill(*store);
  EXPECT_GT(count, 10);
  EXPECT_LT(count, 21);
  EXPECT_LE(std::filesystem::file_size(directory_ / lmdb::kDataFile),
            kSmall + lmdb::deletion_reserve(kSmall));
  EXPECT_EQ(run_task(store->get("k0")).value()->value, Bytes(100'000, 'v'));
  EXPECT_EQ(run_task(store->get("k" + std::to_string(count))).value(), std::nullopt);
  EXPECT_EQ(store->reader()->get("k1").value().value().size(), 100'000u);
}

TEST_F(LmdbStoreTest, WritesAgainOnceThereIsRoom) {
  const auto store = open(kSmall);
  const int count = fill(*store);
  for (int i = 0; i < count; ++i) {
    ASSERT_TRUE(commit(*store, {.deletes = {"k" + std::to_string(i)}})) << "room is made without room";
  }
  EXPECT_GE(fill(*store), count - 1) << "and all of it can be used again";
}

TEST_F(LmdbStoreTest, AtItsLimitTakesWhatNeedsNoMoreRoom) {
  commit(*open(), {.puts = {{"a", Bytes(3 * kMebi, 'v')}, {"serial", "1"}, {"b", ""}}}).value();
  const auto store = open(kSmall);
  const Bytes longest(1 + kRewriteGrowthMax, '2');
  EXPECT_TRUE(commit(*store, {.puts = {{"serial", longest}}, .deletes = {"b"}}));
  EXPECT_EQ(commit(*store, {.puts = {{"serial", longest + Bytes(1 + kRewriteGrowthMax, '3')}}}).error().kind,
            ErrorKind::unavailable);
  EXPECT_EQ(commit(*store, {.puts = {{"new", ""}}, .deletes = {"serial"}}).error().kind,
            ErrorKind::unavailable);
  EXPECT_EQ(run_task(store->get("serial")).value()->value, longest);
}

TEST_F(LmdbStoreTest, AtItsLimitTakesFromTheReserveWhatMayUseIt) {
  const auto store = open(kSmall);
  const int count = fill(*store);
  EXPECT_TRUE(commit(*store, {.puts = {{"revoked", "1"}}, .appends = {{"~", "x"}}, .may_use_reserve = true}));
  EXPECT_EQ(run_task(store->get("revoked")).value()->value, "1");
  EXPECT_EQ(run_task(store->list({.prefix = "~"}))->size(), 1u);
  const Put large{"other", Bytes(100'000, 'v')};  // of which fill() found no room for one more
  EXPECT_EQ(commit(*store, {.puts = {large}, .appends = {{"~", "x"}}}).error().kind, ErrorKind::unavailable)
      << "others stay refused";
  for (int i = 0; i < count; ++i)
    ASSERT_TRUE(commit(*store, {.deletes = {"k" + std::to_string(i)}}));
  EXPECT_TRUE(commit(*store, {.puts = {large}}));
}

TEST_F(LmdbStoreTest, TheReserveEndsAndThenRoomCanStillBeMade) {
  const auto store = open(kSmall);
  const int count = fill(*store);
  constexpr size_t kValue = 100'000;
  size_t taken = 0;
  const auto take = [&] {
    const Bytes key = "r" + std::to_string(taken);
    return commit(*store,
                  {.puts = {{key, Bytes(kValue, 'v')}}, .appends = {{"~", "x"}}, .may_use_reserve = true});
  };
  Result<Revision> last = take();
  for (; last; last = take())
    ++taken;
  EXPECT_EQ(last.error().kind, ErrorKind::unavailable);
  EXPECT_GT(taken * kValue, kReserveSize * 9 / 10);
  EXPECT_LE(taken * kValue, kReserveSize + kSmall);
  EXPECT_EQ(run_task(store->get("r" + std::to_string(taken))).value(), std::nullopt);
  EXPECT_EQ(run_task(store->list({.prefix = "~"}))->size(), taken) << "nothing of a batch that was refused";
  for (int i = 0; i < count; ++i)
    ASSERT_TRUE(commit(*store, {.deletes = {"k" + std::to_string(i)}})) << "room is made without room";
  EXPECT_TRUE(take());
}

TEST_F(LmdbStoreTest, AtItsLimitAppendsNothingAndNeitherDoesWhatGoesWithIt) {
  commit(*open(), {.puts = {{"a", Bytes(3 * kMebi, 'v')}, {"serial", "1"}}}).value();
  const auto store = open(kSmall);
  EXPECT_EQ(commit(*store, {.appends = {{"~", "x"}}}).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(commit(*store, {.puts = {{"serial", "2"}}, .appends = {{"~", "x"}}}).error().kind,
            ErrorKind::unavailable);
  EXPECT_EQ(run_task(store->get("serial")).value()->value, "1");
}

TEST_F(LmdbStoreTest, HasRoomForMoreWhenItIsOpenedWithALargerLimit) {
  const int count = fill(*open(kSmall));
  const auto store = open(2 * kSmall);
  EXPECT_TRUE(run_task(store->get("k0")).value());
  EXPECT_TRUE(commit(*store, {.puts = {{"k" + std::to_string(count), Bytes(100'000, 'v')}}}));
}

TEST_F(LmdbStoreTest, OpensWithASmallerLimitAndOnlyDeletes) {
  commit(*open(), {.puts = {{"a", Bytes(3 * kMebi, 'v')}}}).value();
  const auto store = open(kSmall);
  EXPECT_EQ(run_task(store->get("a")).value()->value.size(), 3 * kMebi);
  EXPECT_EQ(commit(*store, {.puts = {{"b", ""}}}).error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(commit(*store, {.deletes = {"a"}}));
  EXPECT_TRUE(commit(*store, {.deletes = {"a"}}));
  EXPECT_TRUE(commit(*store, {.puts = {{"b", ""}}}));
}

TEST_F(LmdbStoreTest, ABatchThatDoesNotFitLeavesNothing) {
  const auto store = open(kSmall);
  commit(*store, {.puts = {{"a", "1"}}}).value();
  const auto refused = commit(*store, {.puts = {{"b", "1"}, {"c", Bytes(kSmall, 'v')}}, .deletes = {"a"}});
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().detail, "there is no room to store anything; nothing was changed");
  EXPECT_TRUE(run_task(store->get("a")).value());
  EXPECT_FALSE(run_task(store->get("b")).value());
  EXPECT_EQ(commit(*store, {.puts = {{"b", "2"}}}), 2u);
}

TEST_F(LmdbStoreTest, SaysThatTheAddressSpaceIsTooSmallForItsLimit) {
  const auto opened = LmdbStore::open({.directory = directory_, .size_max = uint64_t{1} << 50});
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().detail, HasSubstr("no address space for"));
  EXPECT_TRUE(open());
}

TEST_F(LmdbStoreTest, MoreReadersThanThereAreSlotsAreUnavailableAndNoOneElseIsHurt) {
  const auto store = open();
  commit(*store, {.puts = {{"a", "1"}}}).value();
  std::vector<std::unique_ptr<Reader>> readers;
  Result<bool> refreshed = true;
  while (refreshed && readers.size() <= lmdb::kReadersMax) {
    readers.push_back(store->reader());
    refreshed = readers.back()->refresh();
  }
  EXPECT_EQ(refreshed.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(readers.size(), lmdb::kReadersMax + 1);
  EXPECT_EQ(readers.front()->get("a").value(), "1");
  readers.erase(readers.begin());
  EXPECT_TRUE(readers.back()->refresh().value());
}

}  // namespace
}  // namespace storage
