#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/audit_event.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/ledger.h"
#include "storage/store.h"

namespace acmecore {

// Entries that one call looks at, at most, and that one sweep removes.
inline constexpr size_t kAuditScanMax = 10'000;
inline constexpr size_t kAuditSweepMax = 1'000;

// Entries this much apart in the log are in the order of their times, unless a clock was set back by more.
inline constexpr std::chrono::hours kAuditClockSlack{1};

// What is empty is not asked for.
struct AuditFilter {
  std::optional<base::Time> since;  // not before
  std::optional<base::Time> until;  // before
  std::vector<std::string> kinds;   // any of them; "certificate." is all that begins with it
  std::string actor;                // a credential, an account or an address that did it
  std::string account;              // whose object it is
  std::string identifier;
  std::string serial;  // as text_of
};

struct AuditEntry {
  storage::LedgerEntry entry;
  AuditEvent event;
};

// Part of the log, the oldest first. It may be short or empty; the last page is the one whose `next` is empty.
struct AuditPage {
  std::vector<AuditEntry> found;
  std::optional<uint64_t> next;  // what to pass as `after`
};

// The entries that are in the log: behind `before` up to `last`.
struct AuditExtent {
  storage::LedgerHead before;
  storage::LedgerHead last;
};

// What a walk along the chain has found so far.
struct AuditCheck {
  storage::LedgerHead intact;  // up to here
  bool at_end = false;         // there is nothing behind it
  std::string fault;           // what is wrong with the entry behind it; empty: nothing was found
};

// The audit log: a ledger of AuditEvents, each written by the commit of what it tells (Changes::note). Thread-safe.
class AuditLog {
 public:
  // Outlives the log.
  explicit AuditLog(storage::Store& store) : store_(store) {}

  // What fits behind the sequence `after`, at most `limit` of kAuditScanMax entries.
  base::Task<base::Result<AuditPage>> page(AuditFilter filter, uint64_t after, size_t limit);

  // Where it begins: what was removed. An entry that cannot be read is check()'s to find.
  base::Task<base::Result<storage::LedgerHead>> beginning();
  base::Task<base::Result<AuditExtent>> extent();

  // Follows the links from `from` on, which is AuditExtent::before or what a check found intact, along at most `limit`
  // entries.
  base::Task<base::Result<AuditCheck>> check(storage::LedgerHead from, size_t limit);

  // Removes the oldest entries as far as they are from before `time`, at most kAuditSweepMax. True: there may be
  // others.
  base::Task<base::Result<bool>> remove_before(base::Time time);

 private:
  base::Task<base::Result<std::vector<storage::Entry>>> entries(uint64_t after, size_t limit);
  base::Task<base::Result<bool>> has_entry_behind(uint64_t sequence);
  base::Task<base::Result<uint64_t>> last_before(base::Time time);

  storage::Store& store_;
};

}  // namespace acmecore
