#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <thread>

#include "storage/ledger.h"
#include "storage/lmdb/layout.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// A process is killed while several of its threads commit; what it acknowledged and only whole batches are
// there afterwards.
//
// Batch i of a thread puts kKeys keys of its own, deletes those of batch i-2, moves the thread's counter
// from i-1 to i and appends that to a ledger of all threads. So the counter tells the exact contents of the store under
// this thread's prefix, and the last that the ledger tells of the thread.
namespace storage {
namespace {

using support::run_task;

constexpr int kKills = 250;
constexpr int kThreads = 4;
constexpr int kKeys = 4;
constexpr const char* kLedger = "ledger";
constexpr int kAcknowledgedMax = 40;  // after which a child is killed, at the latest

struct Acknowledgement {
  int thread;
  int batch;
};

Bytes counter_key(int thread) { return "t" + std::to_string(thread); }
Bytes batch_key(int thread, int batch, int key) {
  return counter_key(thread) + "/" + std::to_string(batch) + "/" + std::to_string(key);
}
// Several pages for one of the keys, so that a batch is torn easily.
Bytes batch_value(int batch, int key) { return Bytes(key == 0 ? 9000 : 20, char('a' + batch % 26)); }
Time expiry(int batch) { return Time(std::chrono::seconds(batch)); }

Batch make_batch(int thread, int batch) {
  Batch made{.puts = {{counter_key(thread), std::to_string(batch)}},
             .appends = {{kLedger, batch_key(thread, batch, 0)}}};
  for (int key = 0; key < kKeys; ++key) {
    made.puts.push_back({batch_key(thread, batch, key), batch_value(batch, key), expiry(batch)});
    if (batch > 1) made.deletes.push_back(batch_key(thread, batch - 2, key));
  }
  return made;
}

int counter(Store& store, int thread) {
  const auto entry = run_task(store.get(counter_key(thread))).value();
  return entry ? std::stoi(entry->value) : -1;
}

// Commits until it is killed.
[[noreturn]] void child(const std::filesystem::path& directory, int acknowledgements) {
  const auto store = LmdbStore::open({.directory = directory}).value();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&store, thread, acknowledgements] {
      for (int batch = counter(*store, thread) + 1;; ++batch) {
        run_task(store->commit(make_batch(thread, batch))).value();
        const Acknowledgement sent{thread, batch};
        if (write(acknowledgements, &sent, sizeof sent) != sizeof sent) abort();
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  abort();
}

using LastAcknowledged = std::array<int, kThreads>;

// Runs a child, kills it once it has acknowledged `count` batches, and notes every batch it acknowledged.
void run_and_kill(const std::filesystem::path& directory, int count, LastAcknowledged& last) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t process = fork();
  ASSERT_GE(process, 0);
  if (process == 0) {
    close(ends[0]);
    child(directory, ends[1]);
  }
  close(ends[1]);
  Acknowledgement received;
  for (int seen = 0; read(ends[0], &received, sizeof received) == sizeof received;) {
    last[size_t(received.thread)] = received.batch;
    if (++seen == count) kill(process, SIGKILL);
  }
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(process, &status, 0), process);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child ended by itself";
}

void check(const std::filesystem::path& directory, const LastAcknowledged& last) {
  const auto store = LmdbStore::open({.directory = directory}).value();
  for (int thread = 0; thread < kThreads; ++thread) {
    const int batch = counter(*store, thread);
    const int acknowledged = last[size_t(thread)];
    ASSERT_TRUE(batch == acknowledged || batch == acknowledged + 1) << batch << " after " << acknowledged;
    std::vector<Bytes> expected;
    for (int kept = std::max(0, batch - 1); kept <= batch; ++kept) {
      for (int key = 0; key < kKeys; ++key) {
        expected.push_back(batch_key(thread, kept, key));
        const auto entry = run_task(store->get(expected.back())).value();
        ASSERT_TRUE(entry && entry->value == batch_value(kept, key)) << expected.back();
      }
    }
    const auto entries = run_task(store->list({.prefix = counter_key(thread) + "/"})).value();
    ASSERT_EQ(entries.size(), expected.size()) << "a half batch";
    const auto expired = run_task(store->expired(counter_key(thread), expiry(batch), 1000)).value();
    ASSERT_EQ(expired.size(), expected.size()) << "a half batch in the expiry index";
  }
}

// Every batch up to each thread's counter was appended once, and the ledger is without gaps since `known`.
void check_ledger(const std::filesystem::path& directory, LedgerHead& known, LastAcknowledged& appended) {
  const auto store = LmdbStore::open({.directory = directory}).value();
  const auto entries =
      run_task(store->list({.prefix = kLedger, .after = ledger_key(kLedger, known.sequence)})).value();
  for (const Entry& stored : entries) {
    const LedgerEntry entry = parse_ledger_entry(kLedger, stored.key, stored.value).value();
    ASSERT_TRUE(follows(entry, known));
    known = entry.head;
    const int thread = entry.payload[1] - '0';
    ASSERT_EQ(entry.payload, batch_key(thread, ++appended[size_t(thread)], 0));
  }
  for (int thread = 0; thread < kThreads; ++thread)
    ASSERT_EQ(appended[size_t(thread)], counter(*store, thread));
}

TEST(LmdbStoreCrash, WhatWasAcknowledgedAndOnlyWholeBatchesAreThereAfterSigkill) {
  const support::TempDirectory temporary(support::TempDirectory::Place::memory);
  const auto directory = temporary.path() / "state";
  std::mt19937 random(20261123);
  std::uniform_int_distribution<int> counts(1, kAcknowledgedMax);
  LastAcknowledged last;
  last.fill(-1);
  LastAcknowledged appended = last;
  LedgerHead head;
  for (int kills = 0; kills < kKills; ++kills) {
    SCOPED_TRACE("kill " + std::to_string(kills));
    ASSERT_NO_FATAL_FAILURE(run_and_kill(directory, counts(random), last));
    ASSERT_NO_FATAL_FAILURE(check(directory, last));
    ASSERT_NO_FATAL_FAILURE(check_ledger(directory, head, appended));
    const auto store = LmdbStore::open({.directory = directory}).value();
    for (int thread = 0; thread < kThreads; ++thread)
      last[size_t(thread)] = counter(*store, thread);
  }
  const auto environment = lmdb::Environment::open(directory, lmdb::Access::read).value();
  ASSERT_TRUE(lmdb::open_layout(*environment, directory));
  EXPECT_TRUE(lmdb::check_integrity(*environment));
}

// The first start is the moment when files are made.
TEST(LmdbStoreCrash, AStoreThatWasKilledWhileItWasMadeOpens) {
  std::mt19937 random(20261123);
  for (int kills = 0; kills < 40; ++kills) {
    const support::TempDirectory temporary(support::TempDirectory::Place::memory);
    const pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
      const auto store = LmdbStore::open({.directory = temporary.path() / "state"});
      pause();
    }
    for (auto spins = random() % 3'000'000; spins > 0; --spins)
      asm volatile("");
    kill(process, SIGKILL);
    ASSERT_EQ(waitpid(process, nullptr, 0), process);
    const auto store = LmdbStore::open({.directory = temporary.path() / "state"});
    ASSERT_TRUE(store) << store.error().detail;
    EXPECT_EQ(run_task((*store)->commit({})).value(), 1u);
  }
}

}  // namespace
}  // namespace storage
