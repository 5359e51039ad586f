#include "acmecore/audit_log.h"

#include <algorithm>
#include <utility>

#include "acmecore/records.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;
using base::Task;
using base::Time;
using storage::LedgerEntry;
using storage::LedgerHead;

namespace {

constexpr size_t kPageMax = 1'000;

Result<LedgerEntry> parse(const storage::Entry& stored) {
  return storage::parse_ledger_entry(kAuditLedger, stored.key, stored.value);
}

bool is_of(const std::vector<std::string>& kinds, const std::string& kind) {
  if (kinds.empty()) return true;
  return std::ranges::any_of(kinds, [&](const std::string& wanted) {
    return wanted.ends_with('.') ? kind.starts_with(wanted) : kind == wanted;
  });
}

bool fits(const AuditFilter& filter, const AuditEvent& event) {
  const Actor& actor = event.actor;
  const bool is_actor = filter.actor.empty() || actor.credential == filter.actor ||
                        actor.account == filter.actor || actor.address == filter.actor;
  const bool is_about =
      filter.identifier.empty() || std::ranges::count(event.identifiers, filter.identifier) > 0;
  const bool is_serial = filter.serial.empty() || (event.serial && text_of(*event.serial) == filter.serial);
  return is_actor && is_about && is_serial && is_of(filter.kinds, event.kind) &&
         (filter.account.empty() || event.account == filter.account) &&
         (!filter.since || event.time >= *filter.since) && (!filter.until || event.time < *filter.until);
}

}  // namespace

Task<Result<std::vector<storage::Entry>>> AuditLog::entries(uint64_t after, size_t limit) {
  storage::Range range;
  range.prefix = kAuditLedger;
  range.after = storage::ledger_key(kAuditLedger, after);
  range.limit = limit;
  return store_.list(std::move(range));
}

Task<Result<AuditPage>> AuditLog::page(AuditFilter filter, uint64_t after, size_t limit) {
  if (filter.since && after == 0) {
    CO_TRY(const uint64_t last, co_await last_before(*filter.since - kAuditClockSlack));
    after = std::max(after, last);
  }
  AuditPage page;
  for (size_t scanned = 0; scanned < kAuditScanMax;) {
    CO_TRY(const auto stored, co_await entries(after, kPageMax));
    for (const storage::Entry& one : stored) {
      CO_TRY(LedgerEntry entry, parse(one));
      after = entry.head.sequence;
      if (entry.payload.empty()) continue;
      CO_TRY(AuditEvent event, decode_audit_event(entry.payload));
      if (filter.until && event.time >= *filter.until + kAuditClockSlack) co_return page;
      if (!fits(filter, event)) continue;
      page.found.push_back({std::move(entry), std::move(event)});
      if (page.found.size() == limit) {
        page.next = after;
        co_return page;
      }
    }
    if (stored.size() < kPageMax) co_return page;
    scanned += stored.size();
  }
  page.next = after;
  co_return page;
}

Task<Result<LedgerHead>> AuditLog::beginning() {
  CO_TRY(const auto first, co_await entries(0, 1));
  if (first.empty()) co_return LedgerHead();
  auto entry = parse(first[0]);
  if (!entry || !entry->payload.empty()) co_return LedgerHead();
  co_return std::move(entry->head);
}

Task<Result<AuditExtent>> AuditLog::extent() {
  AuditExtent extent;
  CO_TRY(const auto first, co_await entries(0, 1));
  if (first.empty()) co_return extent;
  CO_TRY(LedgerEntry entry, parse(first[0]));
  if (entry.payload.empty()) extent.before = entry.head;
  // Sequences are without gaps, so the last is found by doubling a distance and then halving it.
  uint64_t last = entry.head.sequence;
  uint64_t step = 1;
  for (;; step *= 2) {
    CO_TRY(const bool goes_on, co_await has_entry_behind(last + step - 1));
    if (!goes_on) break;
    last += step;
  }
  for (; step > 0; step /= 2) {
    CO_TRY(const bool goes_on, co_await has_entry_behind(last + step - 1));
    if (goes_on) last += step;
  }
  CO_TRY(const auto found, co_await entries(last - 1, 1));
  if (found.empty()) co_return base::fail(ErrorKind::unavailable, "the audit log was cut while it was read");
  CO_TRY(entry, parse(found[0]));
  extent.last = std::move(entry.head);
  co_return extent;
}

Task<Result<bool>> AuditLog::has_entry_behind(uint64_t sequence) {
  CO_TRY(const auto found, co_await entries(sequence, 1));
  co_return !found.empty();
}

Task<Result<AuditCheck>> AuditLog::check(LedgerHead from, size_t limit) {
  AuditCheck check;
  check.intact = std::move(from);
  for (size_t seen = 0; seen < limit;) {
    const size_t wanted = std::min(limit - seen, kPageMax);
    CO_TRY(const auto stored, co_await entries(check.intact.sequence, wanted));
    for (const storage::Entry& one : stored) {
      const auto entry = parse(one);
      if (!entry || !storage::follows(*entry, check.intact)) {
        check.fault = "entry " + std::to_string(check.intact.sequence + 1) +
                      " is missing, or was changed, or does not follow the one before it";
        co_return check;
      }
      check.intact = entry->head;
    }
    check.at_end = stored.size() < wanted;
    if (check.at_end) co_return check;
    seen += stored.size();
  }
  co_return check;
}

Task<Result<bool>> AuditLog::remove_before(Time time) {
  CO_TRY(const auto stored, co_await entries(0, kAuditSweepMax));
  size_t count = 0;
  for (const storage::Entry& one : stored) {
    CO_TRY(const LedgerEntry entry, parse(one));
    if (!entry.payload.empty()) {
      CO_TRY(const AuditEvent event, decode_audit_event(entry.payload));
      if (event.time >= time) break;
    }
    ++count;
  }
  if (count == 0 || (count == 1 && stored[0].value.size() == storage::kLinkSize)) co_return false;
  std::vector<base::Bytes> before;
  for (size_t i = 0; i + 1 < count; ++i)
    before.push_back(stored[i].key);
  storage::Batch batch = storage::cut_ledger(std::move(before), stored[count - 1]);
  CO_CHECK(co_await store_.commit(std::move(batch)));
  co_return count == kAuditSweepMax;
}

// The sequence of the last entry that is older, as far as times are in order; 0: there is none.
Task<Result<uint64_t>> AuditLog::last_before(Time time) {
  CO_TRY(const AuditExtent bounds, co_await extent());
  uint64_t older = bounds.before.sequence;
  uint64_t younger = bounds.last.sequence + 1;
  while (younger - older > 1) {
    const uint64_t middle = older + (younger - older) / 2;
    CO_TRY(const auto found, co_await entries(middle - 1, 1));
    if (found.empty()) break;
    CO_TRY(const LedgerEntry entry, parse(found[0]));
    bool is_older = entry.payload.empty();
    if (!is_older) {
      CO_TRY(const AuditEvent event, decode_audit_event(entry.payload));
      is_older = event.time < time;
    }
    (is_older ? older : younger) = middle;
  }
  co_return older;
}

}  // namespace acmecore
