#pragma once

#include <optional>
#include <vector>

#include "acmecore/audit_log.h"
#include "base/error.h"
#include "base/task.h"
#include "storage/ledger.h"

namespace acmecore {

// A walk along all of the audit log's chain, past heads that were kept elsewhere. For one caller at a time.
class AuditWalk {
 public:
  // The log outlives the walk.
  AuditWalk(AuditLog& log, std::vector<storage::LedgerHead> expected);

  // Walks on, along kAuditScanMax entries at most. After it was at_end or found a fault there is nothing more to do. A
  // fault besides those of AuditLog::check: a head that was expected is another, is behind the end, or was removed.
  base::Task<base::Result<AuditCheck>> next();

  // What was removed before the walk began, or while it was under way.
  const storage::LedgerHead& removed() const { return removed_; }

 private:
  base::Task<base::Result<bool>> was_overtaken();
  void compare(AuditCheck& check);

  AuditLog& log_;
  std::vector<storage::LedgerHead> expected_;  // the next one last
  bool begun_ = false;
  storage::LedgerHead removed_;
  storage::LedgerHead intact_;
};

}  // namespace acmecore
