#pragma once

#include <utility>

#include "tests/support/forwarding_store.h"

namespace support {

// A store that has no room but its reserve, once it is full.
class FullStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  void fill() { is_full_ = true; }

  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override {
    if (is_full_ && !batch.may_use_reserve) {
      co_return base::fail(base::ErrorKind::unavailable, "there is no room to store anything");
    }
    co_return co_await ForwardingStore::commit(std::move(batch));
  }

 private:
  bool is_full_ = false;
};

}  // namespace support
