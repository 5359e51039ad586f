#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "storage/lmdb/environment.h"

namespace storage::lmdb {

// Read transactions for look-ups that take a moment, used again because making one allocates and takes a
// slot among kReadersMax. Thread-safe.
class ReadPool {
 public:
  explicit ReadPool(Environment& environment) : environment_(environment) {}

  // Runs read(ReadTxn&) on the newest revision and returns its Result.
  template <class Read>
  auto run(Read read) -> decltype(read(std::declval<ReadTxn&>())) {
    auto txn = take();
    CHECK(txn->renew());
    auto result = read(*txn);
    txn->reset();
    give_back(std::move(txn));
    return result;
  }

 private:
  std::unique_ptr<ReadTxn> take();
  void give_back(std::unique_ptr<ReadTxn> txn);

  Environment& environment_;
  // Any executor reads. Held to push or pop one pointer, never while reading.
  std::mutex mutex_;
  std::vector<std::unique_ptr<ReadTxn>> idle_;
};

}  // namespace storage::lmdb
