#include "tests/storage/power_loss.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <mutex>
#include <thread>

#include "storage/lmdb/lmdb_store.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace storage {
namespace {

using support::run_task;
using support::TempDirectory;

constexpr int kThreads = 3;
constexpr int kBatches = 6;  // of each thread
const Time kTime{std::chrono::seconds(1'790'000'000)};

// Touches several pages, makes pages free, and has an entry larger than a page.
Batch make_batch(int thread, int batch) {
  const auto key = [thread](int number, int part) {
    return "t" + std::to_string(thread) + "/" + std::to_string(number) + "/" + std::to_string(part);
  };
  Batch made{.puts = {{"last", key(batch, 0)}}, .appends = {{"ledger", key(batch, 0)}}};
  for (int part = 0; part < 4; ++part) {
    made.puts.push_back({key(batch, part), Bytes(part == 0 ? 6000 : 700, char('a' + batch)), kTime});
    if (batch > 1) made.deletes.push_back(key(batch - 2, part));
  }
  return made;
}

// Everything that a store tells of its contents.
struct Contents {
  std::vector<Entry> entries;
  std::vector<Expectation> expired;

  bool operator==(const Contents&) const = default;
};

Contents contents_of(Store& store) {
  return {run_task(store.list({})).value(), run_task(store.expired("", kTime, 1000)).value()};
}

// A run of a store on a disk of which everything was recorded, and what it held after each revision.
struct Recording {
  std::filesystem::path directory;
  std::vector<DiskEvent> events;
  std::vector<Contents> after;
};

Recording record() {
  const TempDirectory temporary(TempDirectory::Place::memory);
  Recording recording{.directory = temporary.path(), .events = {}, .after = {}};
  std::mutex mutex;
  std::map<Revision, Batch> committed;
  DiskLayer disk(temporary.path());
  {
    const auto store = LmdbStore::open({.directory = temporary.path()}).value();
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int batch = 0; batch < kBatches; ++batch) {
          const Revision revision = run_task(store->commit(make_batch(thread, batch))).value();
          disk.mark(revision);
          std::lock_guard lock(mutex);
          committed[revision] = make_batch(thread, batch);
        }
      });
    }
    for (auto& thread : threads)
      thread.join();
  }
  recording.events = disk.take_events();
  MemoryStore model;
  recording.after.push_back(contents_of(model));
  for (const auto& [revision, batch] : committed) {
    run_task(model.commit(batch)).value();
    recording.after.push_back(contents_of(model));
  }
  return recording;
}

// Opens what the power loss left, and says what is wrong with it; "" if nothing is.
std::string fault_in(const Recording& recording, const PowerLoss::Files& files,
                     const std::set<uint64_t>& acknowledged) {
  const TempDirectory temporary(TempDirectory::Place::memory);
  for (const auto& [name, contents] : files) {
    const auto file = temporary.path() / std::filesystem::relative(name, recording.directory);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << contents;
  }
  const auto opened = LmdbStore::open({.directory = temporary.path()});
  if (!opened) return opened.error().detail;
  Store& store = **opened;
  const auto last = run_task(store.get("last"));
  if (!last) return last.error().detail;
  const Revision revision = *last ? (*last)->revision : kAbsent;
  if (!acknowledged.empty() && revision < *acknowledged.rbegin()) {
    return "revision " + std::to_string(*acknowledged.rbegin()) + " was acknowledged and is missing";
  }
  if (contents_of(store) != recording.after.at(revision)) {
    return "not what was there after revision " + std::to_string(revision);
  }
  const auto next = run_task(store.commit({.puts = {{"next", ""}}}));
  if (!next) return next.error().detail;
  return *next == revision + 1 ? "" : "the next revision is " + std::to_string(*next);
}

struct Verdict {
  int states = 0;
  std::string fault;  // the first; "" if there was none
};

Verdict judge(const Recording& recording, const std::vector<DiskEvent>& events) {
  Verdict verdict;
  PowerLoss power_loss([&](const PowerLoss::Files& files, const std::set<uint64_t>& acknowledged) {
    if (!verdict.fault.empty()) return;
    ++verdict.states;
    verdict.fault = fault_in(recording, files, acknowledged);
  });
  power_loss.replay(events);
  return verdict;
}

TEST(LmdbStorePowerLoss, EveryStateThatTheSyncsAllowHasWhatWasAcknowledgedAndOnlyWholeBatches) {
  const Recording recording = record();
  ASSERT_EQ(recording.after.size(), size_t{kThreads * kBatches + 1});
  const Verdict verdict = judge(recording, recording.events);
  EXPECT_EQ(verdict.fault, "") << "in state " << verdict.states;
  EXPECT_GT(verdict.states, 200);
  RecordProperty("states", verdict.states);
}

// Whether judging the events finds a fault. In a process of its own: LMDB stops the process, in words that
// mean nothing here, when it meets a page that is not one.
bool found_out(const Recording& recording, const std::vector<DiskEvent>& events) {
  const pid_t process = fork();
  if (process == 0) {
    freopen("/dev/null", "w", stderr);
    _exit(judge(recording, events).fault.empty() ? 0 : 1);
  }
  int status = 0;
  waitpid(process, &status, 0);
  return status != 0;
}

// The test of the test: without syncs, or with one forgotten, there are states that it must find.
TEST(LmdbStorePowerLoss, ADiskThatDoesNotSyncIsFoundOut) {
  const Recording recording = record();
  ASSERT_FALSE(found_out(recording, recording.events));
  std::vector<DiskEvent> without_syncs;
  for (DiskEvent event : recording.events) {
    if (std::holds_alternative<SyncEvent>(event)) continue;
    if (auto* write = std::get_if<WriteEvent>(&event)) write->durable = false;
    without_syncs.push_back(std::move(event));
  }
  EXPECT_TRUE(found_out(recording, without_syncs));
}

TEST(LmdbStorePowerLoss, ADirectoryThatDoesNotSyncIsFoundOut) {
  const Recording recording = record();
  std::set<uint64_t> directories;
  for (const DiskEvent& event : recording.events) {
    if (const auto* name = std::get_if<NameEvent>(&event)) directories.insert(name->directory);
  }
  std::vector<DiskEvent> without_syncs;
  for (const DiskEvent& event : recording.events) {
    const auto* sync = std::get_if<SyncEvent>(&event);
    if (!sync || !directories.contains(sync->file)) without_syncs.push_back(event);
  }
  EXPECT_LT(without_syncs.size(), recording.events.size());
  EXPECT_TRUE(found_out(recording, without_syncs));
}

}  // namespace
}  // namespace storage
