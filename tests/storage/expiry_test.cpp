#include "storage/expiry.h"

#include <gmock/gmock.h>

#include "storage/memory_store.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/run_task.h"

namespace storage {
namespace {

using support::run_task;
using testing::ElementsAre;

const Time kStart{std::chrono::seconds(1'790'000'000)};

void put(Store& store, Bytes key, std::optional<Time> expires) {
  Batch batch{.puts = {{std::move(key), "", expires}}};
  run_task(store.commit(std::move(batch))).value();
}

std::vector<Bytes> keys(Store& store) {
  std::vector<Bytes> keys;
  const auto entries = run_task(store.list({.limit = 100'000})).value();
  for (const Entry& entry : entries)
    keys.push_back(entry.key);
  return keys;
}

TEST(Sweep, DeletesWhatHasExpiredAndNothingElse) {
  MemoryStore store;
  put(store, "a-expired", kStart);
  put(store, "a-later", kStart + std::chrono::milliseconds(1));
  put(store, "a-never", std::nullopt);
  EXPECT_EQ(run_task(sweep(store, {"a"}, kStart)), 1u);
  EXPECT_THAT(keys(store), ElementsAre("a-later", "a-never"));
}

TEST(Sweep, LeavesKeysOutsideItsPrefixes) {
  MemoryStore store;
  for (const char* key : {"a", "b", "ca", "cb"})
    put(store, key, kStart);
  EXPECT_EQ(run_task(sweep(store, {"a", "ca"}, kStart)), 2u);
  EXPECT_THAT(keys(store), ElementsAre("b", "cb"));
}

TEST(Sweep, GoesOnUntilNothingIsLeftThatHasExpired) {
  MemoryStore store;
  Batch batch;
  for (size_t i = 0; i < 2 * kSweepBatchMax + 1; ++i)
    batch.puts.push_back({"a" + std::to_string(i), "", kStart});
  ASSERT_TRUE(run_task(store.commit(batch)));
  EXPECT_EQ(run_task(sweep(store, {"a"}, kStart)), 2 * kSweepBatchMax + 1);
  EXPECT_THAT(keys(store), ElementsAre());
}

TEST(Sweep, DeletesABoundedNumberInABatch) {
  MemoryStore store;
  Batch batch;
  for (size_t i = 0; i < kSweepBatchMax + 1; ++i)
    batch.puts.push_back({"a" + std::to_string(i), "", kStart});
  ASSERT_TRUE(run_task(store.commit(batch)));
  EXPECT_EQ(run_task(sweep_batch(store, "a", kStart - std::chrono::milliseconds(1))), 0u);
  EXPECT_EQ(run_task(sweep_batch(store, "a", kStart)), kSweepBatchMax);
  EXPECT_EQ(run_task(sweep_batch(store, "a", kStart)), 1u);
  EXPECT_EQ(run_task(sweep_batch(store, "a", kStart)), 0u);
}

// A memory store in which something happens between the listing and the deletion.
class BusyStore final : public support::ForwardingStore {
 public:
  BusyStore() : ForwardingStore(store) {}

  Task<Result<Revision>> commit(Batch batch) override {
    ++commits;
    if (before_commit) before_commit();
    co_return co_await ForwardingStore::commit(std::move(batch));
  }

  MemoryStore store;
  std::function<void()> before_commit;
  int commits = 0;
};

TEST(Sweep, KeepsAKeyThatIsRenewedWhileItSweeps) {
  BusyStore store;
  put(store.store, "a-gone", kStart);
  put(store.store, "a-renewed", kStart);
  store.before_commit = [&, renewed = false]() mutable {
    if (!std::exchange(renewed, true)) put(store.store, "a-renewed", kStart + std::chrono::hours(1));
  };
  EXPECT_EQ(run_task(sweep(store, {"a"}, kStart)), 1u);
  EXPECT_THAT(keys(store), ElementsAre("a-renewed"));
}

TEST(Sweep, DeletesNothingOfABatchOfWhichAKeyIsRenewed) {
  BusyStore store;
  put(store.store, "a-gone", kStart);
  put(store.store, "a-renewed", kStart);
  store.before_commit = [&] { put(store.store, "a-renewed", kStart + std::chrono::hours(1)); };
  EXPECT_EQ(run_task(sweep_batch(store, "a", kStart)).error().kind, base::ErrorKind::conflict);
  EXPECT_THAT(keys(store), ElementsAre("a-gone", "a-renewed"));
}

TEST(Sweep, LeavesAPrefixThatOthersChangeAllTheTimeToTheNextSweep) {
  BusyStore store;
  put(store.store, "a", kStart);
  put(store.store, "b", kStart);
  store.before_commit = [&] {
    if (store.commits <= kSweepConflictsMax) put(store.store, "a", kStart);
  };
  EXPECT_EQ(run_task(sweep(store, {"a", "b"}, kStart)), 1u);
  EXPECT_THAT(keys(store), ElementsAre("a"));
  EXPECT_EQ(store.commits, kSweepConflictsMax + 1);
}

TEST(Sweep, FailsAsTheStoreDoes) {
  MemoryStore store;
  put(store, "a", kStart);
  store.set_full(true);
  EXPECT_EQ(run_task(sweep(store, {"a"}, kStart)).error().kind, base::ErrorKind::unavailable);
}

void run_sweeps(Store& store, const base::Clock& clock, const BetweenSweeps& between) {
  auto sweeping = [&](std::vector<Bytes> prefixes) -> Task<bool> {
    co_await sweep_repeatedly(store, prefixes, clock, between);
    co_return true;
  };
  EXPECT_TRUE(run_task(sweeping({"a"})));
}

TEST(SweepRepeatedly, SweepsAtTheTimeOfTheClockUntilItIsTold) {
  MemoryStore store;
  base::ManualClock clock(kStart);
  put(store, "a0", kStart);
  put(store, "a1", kStart + std::chrono::minutes(1));
  put(store, "a3", kStart + std::chrono::minutes(3));
  std::vector<Result<size_t>> sweeps;
  const BetweenSweeps between = [&](const Result<size_t>& removed) -> Task<bool> {
    sweeps.push_back(removed);
    clock.advance(std::chrono::minutes(1));
    co_return sweeps.size() < 3;
  };
  run_sweeps(store, clock, between);
  EXPECT_THAT(sweeps, ElementsAre(1u, 1u, 0u));
  EXPECT_THAT(keys(store), ElementsAre("a3"));
}

TEST(SweepRepeatedly, GoesOnAfterASweepThatFailed) {
  MemoryStore store;
  base::ManualClock clock(kStart);
  put(store, "a", kStart);
  store.set_full(true);
  std::vector<bool> succeeded;
  const BetweenSweeps between = [&](const Result<size_t>& removed) -> Task<bool> {
    succeeded.push_back(removed.has_value());
    store.set_full(false);
    co_return succeeded.size() < 2;
  };
  run_sweeps(store, clock, between);
  EXPECT_THAT(succeeded, ElementsAre(false, true));
}

}  // namespace
}  // namespace storage
