#include "storage/lmdb/read_pool.h"

#include <utility>

namespace storage::lmdb {

std::unique_ptr<ReadTxn> ReadPool::take() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<ReadTxn>(environment_);
  auto txn = std::move(idle_.back());
  idle_.pop_back();
  return txn;
}

void ReadPool::give_back(std::unique_ptr<ReadTxn> txn) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(txn));
}

}  // namespace storage::lmdb
