#include "acmecore/ocsp_tally.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "acmecore/audit_event.h"

namespace acmecore {

using base::Result;
using base::Task;
using base::Time;

void OcspTally::note(const std::string& ca, Time produced_at) {
  const std::lock_guard lock(mutex_);
  add(ca, {1, produced_at, produced_at});
}

Task<Result<void>> OcspTally::flush(bool all) {
  const Counts taken = take(all);
  if (taken.empty()) co_return Result<void>();
  Changes changes;
  changes.use_reserve();
  for (const auto& [ca, count] : taken) {
    AuditEvent event;
    event.kind = audit_kind::kOcspSigned;
    event.time = count.first;
    event.count = count.responses;
    if (count.responses > 1) event.last = count.last;
    event.add("ca", ca);
    changes.note(event);
  }
  const auto committed = co_await records_.commit(std::move(changes));
  if (committed) co_return Result<void>();
  const std::lock_guard lock(mutex_);
  for (const auto& [ca, count] : taken)
    add(ca, count);
  co_return tl::unexpected(committed.error());
}

// REQUIRES: mutex_ is held.
void OcspTally::add(const std::string& ca, const Count& count) {
  const auto [place, is_new] = counts_.try_emplace(ca, count);
  if (is_new) return;
  Count& sum = place->second;
  sum.responses += count.responses;
  sum.first = std::min(sum.first, count.first);
  sum.last = std::max(sum.last, count.last);
}

OcspTally::Counts OcspTally::take(bool all) {
  const Time now = clock_.now();
  const auto is_due = [&](const Count& count) {
    const bool was_set_back = now < count.first;  // the clock
    return all || was_set_back || now >= count.first + kOcspTallyPeriod;
  };
  const std::lock_guard lock(mutex_);
  Counts taken;
  for (auto at = counts_.begin(); at != counts_.end();) {
    const auto next = std::next(at);
    if (is_due(at->second)) taken.insert(counts_.extract(at));
    at = next;
  }
  return taken;
}

}  // namespace acmecore
