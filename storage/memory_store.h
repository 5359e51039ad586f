#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "storage/ledger.h"
#include "storage/store.h"
#include "storage/watch_list.h"

namespace storage {

// A store in memory: what tests use, and in the plainest words what every other store must do. Durable for as
// long as it lives.
class MemoryStore final : public Store {
 public:
  Task<Result<std::optional<Entry>>> get(Bytes key) override;
  Task<Result<std::vector<Entry>>> list(Range range) override;
  Task<Result<Revision>> commit(Batch batch) override;
  std::unique_ptr<Watch> watch(Bytes prefix) override;
  void follow(Follower& follower) override { watches_.follow(follower); }
  void unfollow(Follower& follower) override { watches_.unfollow(follower); }
  Task<Result<std::vector<Expectation>>> expired(Bytes prefix, Time now, size_t limit) override;
  std::unique_ptr<Reader> reader() override;

  // While it is full, commits are unavailable and reads go on, as on a full disk.
  void set_full(bool full);

 private:
  friend class MemoryReader;

  struct Record {
    Bytes value;
    Revision revision;
    std::optional<Time> expires;
  };
  struct State {
    std::map<Bytes, Record, std::less<>> entries;
    Revision revision = kAbsent;
  };

  Result<Revision> apply(Batch batch);
  LedgerHead head_of(const Bytes& ledger) const;

  // Stands in for LMDB's transactions: any thread may call any operation. A reader shares the state that it
  // reads, and the next commit changes a copy; both take and let go of it under the mutex.
  std::mutex mutex_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
  bool full_ = false;
  WatchList watches_;
};

}  // namespace storage
