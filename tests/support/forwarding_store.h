#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "storage/store.h"

namespace support {

// Passes everything on to another store, which outlives it. What a test's store does otherwise it overrides.
class ForwardingStore : public storage::Store {
 public:
  // `store` is not used before the first call: it may be a member of who derives from this.
  explicit ForwardingStore(storage::Store& store) : store_(store) {}

  base::Task<base::Result<std::optional<storage::Entry>>> get(base::Bytes key) override {
    return store_.get(std::move(key));
  }
  base::Task<base::Result<std::vector<storage::Entry>>> list(storage::Range range) override {
    return store_.list(std::move(range));
  }
  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override {
    return store_.commit(std::move(batch));
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
};

}  // namespace support
