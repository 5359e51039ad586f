#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "storage/async/answer.h"
#include "storage/lmdb/environment.h"
#include "storage/lmdb/gathering.h"
#include "storage/watch_list.h"

namespace storage::lmdb {

// Batches that may wait for the writer; the next is answered `unavailable` at once.
inline constexpr size_t kWaitingBatchesMax = 16 * 1024;

// Of the map, what is kept for deletions after size_max and the reserve are reached: they need new pages, too.
constexpr size_t deletion_reserve(size_t size_max) { return size_max / 8 + (size_t{4} << 20); }

// The one thread that writes. It takes all batches that wait (group commit) into one transaction with one
// durable sync, and only then answers each on its caller's executor.
class Writer {
 public:
  using Answer = storage::Answer<Result<Revision>>;

  // REQUIRES: the environment and the watches outlive the writer; nothing else writes.
  Writer(Environment& environment, WatchList& watches, size_t size_max, Revision last);
  // Finishes the group at hand; batches that still wait are answered `unavailable`. REQUIRES: nobody is within commit()
  // or hasten(), answered or not.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Answers as Store::commit says. REQUIRES: validate(batch).
  void commit(Batch batch, Answer answer);

  // As LmdbStore::hasten().
  void hasten();

  // The revision of the last durable commit: what a reader compares with its own, once a batch of queries.
  Revision committed() const { return committed_.load(std::memory_order_acquire); }

 private:
  struct Waiting {
    Batch batch;
    Answer answer;
    Result<Revision> result = kAbsent;
    std::vector<Put> appended = {};  // by the transaction that was tried last
  };
  using Group = std::vector<Waiting>;

  void run();
  static void answer(Group group);
  Group next_group();
  void note(size_t batches, Gathering::Duration took);
  void commit_group(std::span<Waiting> group);
  Result<Revision> try_group(std::span<Waiting> group);
  Result<bool> has_room(WriteTxn& txn, const Batch& batch, size_t size);
  base::Error refusal(std::string_view cause);

  Environment& environment_;
  WatchList& watches_;
  const size_t size_max_;
  ReadTxn free_pages_{environment_};  // of the writer's thread
  size_t groups_ = 0;                 // of the writer's thread
  bool refusing_ = false;             // of the writer's thread: the last batch that puts found no room

  // On a line of its own: every DNS worker reads it, and nothing beside it may take it from them.
  alignas(64) std::atomic<Revision> committed_;

  // Callers on any executor hand batches to the writer's thread. Held to move one in or a group out.
  alignas(64) std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Waiting> waiting_;
  Gathering gathering_;
  bool closing_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace storage::lmdb
