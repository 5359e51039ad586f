#include <benchmark/benchmark.h>

#include <random>

#include "storage/lmdb/apply.h"
#include "storage/lmdb/layout.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// What reading and committing cost. TMPDIR says on which disk.
namespace storage {
namespace {

constexpr int kKeys = 100'000;
constexpr size_t kKeySize = 48;
constexpr size_t kValueSize = 64;

// A store of kKeys entries in random order, as node keys of the DNS side are.
struct Filled {
  Filled() {
    std::mt19937_64 random(20261123);
    Batch batch;
    for (int i = 0; i < kKeys; ++i) {
      Bytes key = "n" + std::to_string(random());
      key.resize(kKeySize, 'k');
      keys.push_back(key);
      batch.puts.push_back({std::move(key), Bytes(kValueSize, 'v')});
    }
    support::run_task(store->commit(std::move(batch))).value();
  }

  support::TempDirectory directory;
  std::unique_ptr<LmdbStore> store = LmdbStore::open({.directory = directory.path()}).value();
  std::vector<Bytes> keys;
};

Filled& filled() {
  static Filled filled;
  return filled;
}

void reader_get(benchmark::State& state) {
  Filled& all = filled();
  const auto reader = all.store->reader();
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(reader->get(all.keys[next]));
    next = (next + 7919) % kKeys;
  }
}
BENCHMARK(reader_get);

void reader_lower_bound(benchmark::State& state) {
  Filled& all = filled();
  const auto reader = all.store->reader();
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(reader->lower_bound(all.keys[next]));
    next = (next + 7919) % kKeys;
  }
}
BENCHMARK(reader_lower_bound);

void reader_refresh_without_a_change(benchmark::State& state) {
  const auto reader = filled().store->reader();
  for (auto _ : state)
    benchmark::DoNotOptimize(reader->refresh());
}
BENCHMARK(reader_refresh_without_a_change);

void reader_park_and_get(benchmark::State& state) {
  Filled& all = filled();
  const auto reader = all.store->reader();
  for (auto _ : state) {
    reader->park();
    benchmark::DoNotOptimize(reader->get(all.keys.front()));
  }
}
BENCHMARK(reader_park_and_get);

void store_get(benchmark::State& state) {
  Filled& all = filled();
  auto get = [&]() -> Task<bool> {
    size_t next = 0;
    for (auto _ : state) {
      auto entry = co_await all.store->get(all.keys[next]);
      benchmark::DoNotOptimize(entry);
      next = (next + 7919) % kKeys;
    }
    co_return true;
  };
  support::run_task(get());
}
BENCHMARK(store_get);

// Durable commits of one small entry from as many threads, each waiting for its own: keys that rise with the
// time, as ids do.
void commit_rising_keys(benchmark::State& state) {
  static std::unique_ptr<support::TempDirectory> directory;
  static std::unique_ptr<LmdbStore> store;
  if (state.thread_index() == 0) {
    directory = std::make_unique<support::TempDirectory>();
    store = LmdbStore::open({.directory = directory->path()}).value();
  }
  int count = 0;
  for (auto _ : state) {
    char key[64];
    const int size = std::snprintf(key, sizeof key, "o%09d/%d", ++count, state.thread_index());
    Batch batch{.puts = {{Bytes(key, size_t(size)), Bytes(300, 'v')}}};
    support::run_task(store->commit(std::move(batch))).value();
  }
  state.SetItemsProcessed(state.iterations());
  if (state.thread_index() == 0) {
    store = nullptr;
    directory = nullptr;
  }
}
BENCHMARK(commit_rising_keys)->UseRealTime()->Threads(1)->Threads(8)->Threads(32)->Threads(128);

// What the writer does for one entry of a ledger, of the audit log's usual size, without the sync that a group shares.
void apply_append(benchmark::State& state) {
  const support::TempDirectory directory(support::TempDirectory::Place::memory);
  const auto environment =
      lmdb::Environment::open(directory.path(), lmdb::Access::write, size_t{1} << 30).value();
  lmdb::WriteTxn txn(*environment);
  if (!lmdb::create_layout(*environment) || !txn.begin()) return state.SkipWithError("no transaction");
  Batch batch;
  batch.appends.push_back({"~", Bytes(350, 'v')});
  for (auto _ : state)
    benchmark::DoNotOptimize(lmdb::apply(txn, batch, 1));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(apply_append)->Iterations(100'000);

}  // namespace
}  // namespace storage
