#pragma once

#include "dnsserver/act.h"
#include "storage/store.h"

namespace dnsserver {

// Whoever keeps a log of what administrators do. Thread-safe.
class ActLog {
 public:
  virtual ~ActLog() = default;

  // Adds the entry about the act to the batch that commits it, so that there is either both or neither. It appends
  // (storage::Append), and touches nothing else of the batch.
  virtual void note(const Act& act, storage::Batch& batch) = 0;
};

}  // namespace dnsserver
