#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "storage/expiry.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// Everything at once, for ThreadSanitizer and for the invariants that must hold meanwhile.
namespace storage {
namespace {

using support::run_task;
using support::TempDirectory;

constexpr int kWriters = 3;
constexpr int kBatches = 60;  // of each writer
const Time kExpired{std::chrono::seconds(1'790'000'000)};

Bytes pair_key(int writer, const char* half) { return "p" + std::to_string(writer) + half; }

// Each batch sets both halves of the writer's pair to the same and adds a large entry and one to be swept, so
// that the file grows and pages become free.
Batch make_batch(int writer, int batch) {
  const Bytes count = std::to_string(batch);
  return {.puts = {{pair_key(writer, "a"), count},
                   {pair_key(writer, "b"), count},
                   {"large" + std::to_string(writer) + "/" + count, Bytes(size_t(batch) * 2000, 'v')},
                   {"e" + std::to_string(writer) + "/" + count, "", kExpired}}};
}

class Everything {
 public:
  explicit Everything(LmdbStore& store) : store_(store) {}

  void write(int writer) {
    for (int batch = 0; batch < kBatches; ++batch) {
      EXPECT_TRUE(run_task(store_.commit(make_batch(writer, batch))));
    }
    --writers_;
  }

  // Both halves of a pair are equal at every revision.
  void read(int writer) {
    const auto reader = store_.reader();
    while (writers_ > 0) {
      EXPECT_TRUE(reader->refresh());
      for (int i = 0; i < 20; ++i) {
        const auto first = reader->get(pair_key(writer, "a")).value();
        const auto second = reader->lower_bound(pair_key(writer, "b")).value();
        EXPECT_EQ(first.value_or(""), second && second->key == pair_key(writer, "b") ? second->value : "");
      }
      reader->park();
    }
  }

  void list() {
    while (writers_ > 0) {
      const auto pairs = run_task(store_.list({.prefix = "p"})).value();
      EXPECT_EQ(pairs.size() % 2, 0u);
      for (size_t i = 0; i + 1 < pairs.size(); i += 2)
        EXPECT_EQ(pairs[i].value, pairs[i + 1].value);
    }
  }

  // Sees every commit of every writer, once and in order.
  void watch() {
    const auto watch = store_.watch("p0a");
    ++watching_;
    int next = 0;
    while (next < kBatches) {
      const auto changes = run_task(watch->next()).value();
      for (const Change& change : changes)
        EXPECT_EQ(change.value, std::to_string(next++));
    }
  }

  void sweep_while_others_write() {
    while (writers_ > 0)
      EXPECT_TRUE(run_task(sweep(store_, {"e"}, kExpired)));
    EXPECT_TRUE(run_task(sweep(store_, {"e"}, kExpired)));
  }

  void back_up(const std::filesystem::path& to) {
    for (int i = 0; writers_ > 0; ++i)
      EXPECT_TRUE(store_.backup(to / std::to_string(i)));
  }

  void wait_for_watches(int count) {
    while (watching_ < count)
      std::this_thread::yield();
  }

 private:
  LmdbStore& store_;
  std::atomic<int> writers_ = kWriters;
  std::atomic<int> watching_ = 0;
};

TEST(LmdbStoreConcurrency, ReadersWatchersSweepsAndBackupsGoOnWhileOthersCommit) {
  const TempDirectory temporary(TempDirectory::Place::memory);
  const auto backups = temporary.path() / "backups";
  std::filesystem::create_directory(backups);
  const auto store =
      LmdbStore::open({.directory = temporary.path() / "state", .size_max = 256 << 20}).value();
  Everything everything(*store);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { everything.watch(); });
  everything.wait_for_watches(2);
  for (int i = 0; i < kWriters; ++i)
    threads.emplace_back([&, i] { everything.write(i); });
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&, i] { everything.read(i); });
  threads.emplace_back([&] { everything.list(); });
  threads.emplace_back([&] { everything.sweep_while_others_write(); });
  threads.emplace_back([&] { everything.back_up(backups); });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(run_task(store->list({.prefix = "e"})).value().size(), 0u);
  EXPECT_EQ(run_task(store->list({.prefix = "large"})).value().size(), size_t{kWriters * kBatches});
}

}  // namespace
}  // namespace storage
