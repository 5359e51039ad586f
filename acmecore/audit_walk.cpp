#include "acmecore/audit_walk.h"

#include <algorithm>
#include <string>
#include <utility>

namespace acmecore {

using base::Result;
using base::Task;
using storage::LedgerHead;

AuditWalk::AuditWalk(AuditLog& log, std::vector<LedgerHead> expected)
    : log_(log), expected_(std::move(expected)) {
  std::ranges::sort(expected_, std::greater(), &LedgerHead::sequence);
}

Task<Result<AuditCheck>> AuditWalk::next() {
  if (!begun_) {
    CO_CHECK(co_await was_overtaken());
    begun_ = true;
  }
  AuditCheck here;
  here.intact = intact_;
  compare(here);
  if (!here.fault.empty()) co_return here;
  // Not past the next that is expected, so that it can be compared.
  uint64_t limit = kAuditScanMax;
  if (!expected_.empty()) limit = std::min(limit, expected_.back().sequence - intact_.sequence);
  CO_TRY(AuditCheck check, co_await log_.check(intact_, size_t(limit)));
  if (!check.fault.empty()) {
    CO_TRY(const bool overtaken, co_await was_overtaken());
    if (overtaken) {
      check = {};
      check.intact = intact_;
    }
  }
  intact_ = check.intact;
  if (check.fault.empty()) compare(check);
  co_return check;
}

// Whether what lies ahead was removed because of its age; then it begins where the log does now.
Task<Result<bool>> AuditWalk::was_overtaken() {
  CO_TRY(const LedgerHead beginning, co_await log_.beginning());
  if (begun_ && beginning.sequence <= intact_.sequence) co_return false;
  removed_ = intact_ = beginning;
  co_return true;
}

void AuditWalk::compare(AuditCheck& check) {
  for (; !expected_.empty(); expected_.pop_back()) {
    const LedgerHead& next = expected_.back();
    const std::string entry = "entry " + std::to_string(next.sequence);
    if (next == intact_) continue;
    if (next.sequence < intact_.sequence) {
      check.fault = entry + " was removed, so that it cannot be compared with what was expected";
    } else if (next.sequence == intact_.sequence) {
      check.fault = entry + " is another than was expected";
    } else if (check.at_end) {
      check.fault = entry + " was expected, and the log ends before it";
    }
    return;
  }
}

}  // namespace acmecore
