#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace acmecore::rpc {

// A store that cannot be read for once, when a test says so.
class UnreadableStore final : public storage::Store {
 public:
  explicit UnreadableStore(storage::Store& store) : store_(store) {}

  // The next read of a key is unavailable, or the first one behind the next commit.
  void fail_next_read() { fails_ = true; }
  void fail_read_behind_next_commit() { fails_behind_commit_ = true; }

  base::Task<base::Result<std::optional<storage::Entry>>> get(base::Bytes key) override {
    if (std::exchange(fails_, false)) co_return base::fail(base::ErrorKind::unavailable, "as the test wants");
    co_return co_await store_.get(std::move(key));
  }
  base::Task<base::Result<std::vector<storage::Entry>>> list(storage::Range range) override {
    return store_.list(std::move(range));
  }
  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override {
    auto committed = co_await store_.commit(std::move(batch));
    if (std::exchange(fails_behind_commit_, false)) fails_ = true;
    co_return committed;
  }
  std::unique_ptr<storage::Watch> watch(base::Bytes prefix) override {
    return store_.watch(std::move(prefix));
  }
  void follow(storage::Follower& follower) override { store_.follow(follower); }
  void unfollow(storage::Follower& follower) override { store_.unfollow(follower); }
  base::Task<base::Result<std::vector<storage::Expectation>>> expired(base::Bytes prefix, base::Time now,
                                                                      size_t limit) override {
    return store_.expired(std::move(prefix), now, limit);
  }
  std::unique_ptr<storage::Reader> reader() override { return store_.reader(); }

 private:
  storage::Store& store_;
  bool fails_ = false;
  bool fails_behind_commit_ = false;
};

}  // namespace acmecore::rpc
