#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "storage/lmdb/layout.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/storage/disk_layer.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// What a disk can do to a store while it runs: be full, or not answer.
namespace storage {
namespace {

using base::ErrorKind;
using support::run_task;
using support::TempDirectory;

const Bytes kLarge(200'000, 'v');

class DiskTest : public testing::Test {
 protected:
  DiskTest() { disk_.take_events(); }

  Result<Revision> commit(Batch batch) { return run_task(store_->commit(std::move(batch))); }
  Revision put(Bytes key, Bytes value) {
    return commit({.puts = {{std::move(key), std::move(value)}}}).value();
  }
  std::optional<Bytes> value(Bytes key) {
    const auto entry = run_task(store_->get(std::move(key))).value();
    return entry ? std::optional(entry->value) : std::nullopt;
  }
  // Begins a commit that is answered when answers_ runs.
  void begin(Batch batch) {
    auto commit = [](Store& store, Batch batch, std::vector<Result<Revision>>& results) -> Task<> {
      results.push_back(co_await store.commit(std::move(batch)));
    };
    boost::asio::co_spawn(answers_, commit(*store_, std::move(batch), results_), boost::asio::detached);
    answers_.poll();
  }
  size_t syncs() {
    const auto events = disk_.take_events();
    return size_t(std::count_if(events.begin(), events.end(), [](const DiskEvent& event) {
      return std::holds_alternative<SyncEvent>(event);
    }));
  }
  void reopen() {
    store_ = nullptr;
    store_ = LmdbStore::open({.directory = temporary_.path()}).value();
  }

  TempDirectory temporary_{TempDirectory::Place::memory};
  DiskLayer disk_{temporary_.path()};
  boost::asio::io_context answers_;
  std::vector<Result<Revision>> results_;
  std::unique_ptr<LmdbStore> store_ = LmdbStore::open({.directory = temporary_.path()}).value();
};

TEST_F(DiskTest, AFullDiskIsUnavailableAndReadsGoOn) {
  put("a", "1");
  const auto reader = store_->reader();
  disk_.set_room(0);
  const auto refused = commit({.puts = {{"b", kLarge}}, .deletes = {"a"}});
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().detail, "there is no room to store anything; nothing was changed");
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(value("b"), std::nullopt);
  EXPECT_EQ(reader->get("a").value(), "1");
}

TEST_F(DiskTest, AWriteThatFitsOnlyInPartLeavesNothing) {
  put("a", "1");
  for (int i = 0; i < 10; ++i) {
    disk_.set_room(5'000);
    const auto refused = commit({.puts = {{"a", "2"}, {"b", kLarge}}});
    ASSERT_FALSE(refused) << i;
    EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(value("a"), "1");
    EXPECT_EQ(value("b"), std::nullopt);
  }
  disk_.set_room(std::nullopt);
  reopen();
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(value("b"), std::nullopt);
}

TEST_F(DiskTest, WritesWorkAgainOnceThereIsRoom) {
  put("a", "1");
  disk_.set_room(100);
  EXPECT_FALSE(commit({.puts = {{"b", kLarge}}}));
  disk_.set_room(std::nullopt);
  EXPECT_EQ(put("b", kLarge), 2u);
  reopen();
  EXPECT_EQ(value("b"), kLarge);
}

// LMDB's last write of a commit says which transaction is the newest. If that fails, no one knows.
TEST_F(DiskTest, ADiskThatFailsAtTheEndOfACommitIsBrokenUntilARestart) {
  put("a", "1");
  const auto reader = store_->reader();
  ASSERT_EQ(reader->get("a").value(), "1");
  disk_.fail_durable_writes(true);
  EXPECT_EQ(commit({.puts = {{"a", "2"}}}).error().kind, ErrorKind::internal);
  disk_.fail_durable_writes(false);
  EXPECT_EQ(commit({.puts = {{"a", "3"}}}).error().kind, ErrorKind::internal);
  EXPECT_EQ(run_task(store_->get("a")).error().kind, ErrorKind::internal);
  EXPECT_FALSE(reader->refresh().value());
  EXPECT_EQ(reader->get("a").value(), "1") << "what has begun to read goes on";
  reader->park();
  EXPECT_EQ(reader->get("a").error().kind, ErrorKind::internal);
  reopen();
  EXPECT_TRUE(value("a") == "1" || value("a") == "2");
  EXPECT_TRUE(commit({.puts = {{"a", "4"}}}));
}

TEST_F(DiskTest, ABackupOntoAFullDiskFailsAndLeavesNothing) {
  put("a", Bytes(100'000, 'v'));
  const auto to = temporary_.path() / "backup";
  disk_.set_room(50'000);
  EXPECT_FALSE(store_->backup(to));
  EXPECT_FALSE(std::filesystem::exists(to));
  disk_.set_room(std::nullopt);
  EXPECT_TRUE(store_->backup(to));
}

TEST_F(DiskTest, ADiskThatDoesNotAnswerStopsNoReader) {
  put("a", "1");
  const auto reader = store_->reader();
  disk_.stall_syncs(true);
  begin({.puts = {{"a", "2"}}});
  disk_.wait_for_stalled_sync();
  EXPECT_EQ(value("a"), "1");
  EXPECT_EQ(run_task(store_->list({})).value().size(), 1u);
  EXPECT_EQ(reader->get("a").value(), "1");
  EXPECT_FALSE(reader->refresh().value());
  EXPECT_TRUE(results_.empty()) << "not acknowledged before it is durable";
  disk_.stall_syncs(false);
  answers_.run();
  EXPECT_TRUE(results_.at(0));
  EXPECT_EQ(value("a"), "2");
}

TEST_F(DiskTest, BatchesThatWaitTogetherShareOneTransactionAndItsSync) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"a", "1"}}});
  disk_.wait_for_stalled_sync();
  constexpr int kWaiting = 100;
  for (int i = 0; i < kWaiting; ++i)
    begin({.puts = {{"w" + std::to_string(i), ""}}});
  disk_.stall_syncs(false);
  disk_.take_events();
  answers_.run();
  EXPECT_EQ(results_.size(), size_t{kWaiting + 1});
  EXPECT_LE(syncs(), 2u);
  EXPECT_EQ(put("last", ""), Revision{kWaiting + 3}) << "each batch has a revision of its own";
}

TEST_F(DiskTest, AGroupEndsBeforeTheBatchThatIsTooMuch) {
  const Bytes quarter(lmdb::kGroupSizeMax / 4 - 8, 'v');
  for (const size_t batches : {4, 5}) {
    disk_.stall_syncs(true);
    begin({.puts = {{"first", ""}}});
    disk_.wait_for_stalled_sync();
    for (size_t i = 0; i < batches; ++i)
      begin({.puts = {{"k" + std::to_string(i), quarter}}});
    disk_.stall_syncs(false);
    answers_.run();
    answers_.restart();
    EXPECT_EQ(syncs(), batches == 4 ? 2u : 3u) << "with the first one";
  }
}

TEST_F(DiskTest, AConflictInAGroupConcernsOneBatchAlone) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"first", ""}}});
  disk_.wait_for_stalled_sync();
  begin({.expected = {{"a", 1}}, .puts = {{"a", "winner"}}});
  begin({.expected = {{"a", 1}}, .puts = {{"a", "loser"}, {"trace", ""}}});
  begin({.puts = {{"b", "bystander"}}});
  disk_.stall_syncs(false);
  answers_.run();
  EXPECT_EQ(results_.at(1), 3u);
  EXPECT_EQ(results_.at(2).error().kind, ErrorKind::conflict);
  EXPECT_EQ(results_.at(3), 4u);
  EXPECT_EQ(value("a"), "winner");
  EXPECT_EQ(value("trace"), std::nullopt);
}

TEST_F(DiskTest, ABatchThatDoesNotFitDoesNotTakeItsGroupWithIt) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"first", ""}}});
  disk_.wait_for_stalled_sync();
  begin({.puts = {{"before", "1"}}});
  begin({.puts = {{"large", kLarge}}});
  begin({.puts = {{"behind", "1"}}});
  disk_.set_room(50'000);
  disk_.stall_syncs(false);
  answers_.run();
  EXPECT_EQ(results_.at(1), 3u);
  EXPECT_EQ(results_.at(2).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(results_.at(3), 4u);
  EXPECT_EQ(value("large"), std::nullopt);
  EXPECT_EQ(value("behind"), "1");
}

// Those of a group that others resume are not left to a caller whose threads are away.
TEST_F(DiskTest, EachIsAnsweredOnItsOwnThreads) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"first", ""}}});
  disk_.wait_for_stalled_sync();
  begin({.puts = {{"here", ""}}});
  begin({.puts = {{"here, too", ""}}});
  boost::asio::io_context elsewhere;
  auto other = boost::asio::co_spawn(elsewhere, store_->commit({.puts = {{"elsewhere", ""}}}),
                                     boost::asio::use_future);
  elsewhere.poll();
  begin({.puts = {{"here at last", ""}}});
  disk_.stall_syncs(false);
  elsewhere.run();
  EXPECT_EQ(other.get(), 5u);
  EXPECT_TRUE(results_.empty());
  answers_.run();
  EXPECT_THAT(results_, testing::ElementsAre(2u, 3u, 4u, 6u));
}

TEST_F(DiskTest, HasteningLosesNothing) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"first", ""}}});
  disk_.wait_for_stalled_sync();
  store_->hasten();
  begin({.puts = {{"b", ""}}});
  begin({.puts = {{"c", ""}}});
  disk_.stall_syncs(false);
  store_->hasten();
  answers_.run();
  EXPECT_THAT(results_, testing::ElementsAre(2u, 3u, 4u));
  store_->hasten();  // nobody waits
  EXPECT_EQ(put("d", ""), 5u);
}

TEST_F(DiskTest, MoreBatchesThanMayWaitAreUnavailableAtOnce) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"first", ""}}});
  disk_.wait_for_stalled_sync();
  for (size_t i = 0; i < lmdb::kWaitingBatchesMax; ++i)
    begin({});
  EXPECT_TRUE(results_.empty());
  begin({.puts = {{"one too many", ""}}});
  EXPECT_EQ(results_.at(0).error().kind, ErrorKind::unavailable);
  disk_.stall_syncs(false);
  answers_.run();
  EXPECT_EQ(results_.size(), lmdb::kWaitingBatchesMax + 2);
  EXPECT_GE(syncs(), lmdb::kWaitingBatchesMax / lmdb::kGroupBatchesMax) << "a group has its limit, too";
  EXPECT_EQ(value("one too many"), std::nullopt);
}

TEST_F(DiskTest, ClosingFinishesTheGroupAtHandAndRefusesWhatWaits) {
  put("a", "");
  disk_.stall_syncs(true);
  begin({.puts = {{"at hand", ""}}});
  disk_.wait_for_stalled_sync();
  begin({.puts = {{"waiting", ""}}});
  std::thread closing([this] { store_ = nullptr; });
  disk_.stall_syncs(false);
  closing.join();
  answers_.run();
  reopen();
  ASSERT_EQ(results_.size(), 2u);
  EXPECT_EQ(results_[0], 2u);
  EXPECT_EQ(value("at hand"), "");
  EXPECT_EQ(value("waiting").has_value(), results_[1].has_value());
  EXPECT_TRUE(results_[1] || results_[1].error().kind == ErrorKind::unavailable);
}

}  // namespace
}  // namespace storage
