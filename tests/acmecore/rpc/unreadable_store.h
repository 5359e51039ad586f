#pragma once

#include <optional>
#include <utility>

#include "tests/support/forwarding_store.h"

namespace acmecore::rpc {

// A store that cannot be read for once, when a test says so.
class UnreadableStore final : public support::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  // The next read of a key is unavailable, or the first one behind the next commit.
  void fail_next_read() { fails_ = true; }
  void fail_read_behind_next_commit() { fails_behind_commit_ = true; }

  base::Task<base::Result<std::optional<storage::Entry>>> get(base::Bytes key) override {
    if (std::exchange(fails_, false)) co_return base::fail(base::ErrorKind::unavailable, "as the test wants");
    co_return co_await ForwardingStore::get(std::move(key));
  }
  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override {
    auto committed = co_await ForwardingStore::commit(std::move(batch));
    if (std::exchange(fails_behind_commit_, false)) fails_ = true;
    co_return committed;
  }

 private:
  bool fails_ = false;
  bool fails_behind_commit_ = false;
};

}  // namespace acmecore::rpc
