#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "acmecore/crl_shard.h"
#include "base/bytes.h"
#include "base/time.h"

namespace acmecore {

struct PublishedCrl {
  uint64_t number;
  base::Time this_update;
  base::Time next_update;
  std::string tag;  // another one for each CRL
  base::Bytes der;
};

// The latest CRL of each shard. Thread-safe, because one thread builds them and many serve them; the lock is held to
// copy one pointer.
class PublishedCrls {
 public:
  // Null: there is none.
  std::shared_ptr<const PublishedCrl> find(const CrlShard& shard) const {
    const std::lock_guard lock(mutex_);
    const auto found = crls_.find(shard);
    return found == crls_.end() ? nullptr : found->second;
  }

  void put(const CrlShard& shard, std::shared_ptr<const PublishedCrl> crl) {
    const std::lock_guard lock(mutex_);
    crls_[shard] = std::move(crl);
  }

 private:
  mutable std::mutex mutex_;
  std::map<CrlShard, std::shared_ptr<const PublishedCrl>> crls_;
};

}  // namespace acmecore
