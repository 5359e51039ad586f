#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "dnsserver/async/batcher.h"
#include "dnsserver/change.h"
#include "dnsserver/live_names.h"
#include "dnsserver/token_buckets.h"
#include "dnsserver/zone_edit.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace dnsserver {

using base::Task;

// Zones that one server holds.
inline constexpr size_t kZonesMax = 100'000;
// RFC 2308 §5 finds a day too long already.
inline constexpr std::chrono::seconds kNegativeTtlMax = std::chrono::days(1);
// Changes that are one commit.
inline constexpr size_t kChangesPerCommitMax = 256;
// Changes that wait for the one under way, while the store is slow.
inline constexpr size_t kWaitingMax = 10'000;
// Keys that the cleaning after a zone removes with one commit.
inline constexpr size_t kDeletesPerCommitMax = 1000;
// Another process may change a zone between our reading and our commit. After so many times we give up.
inline constexpr size_t kAttemptsMax = 10;
// Credentials whose rate of writing is remembered.
inline constexpr size_t kRatedWritersMax = 100'000;
// Entries that one page of a list looks at.
inline constexpr size_t kScannedPerPageMax = 10'000;

class Fold;

// Part of a list. `next` is what to call with as `after` for the next part; empty: there is none.
template <class Item>
struct Page {
  std::vector<Item> items;
  Bytes next;
};

struct Presented {
  Challenge challenge;
  uint32_t zone_serial;  // of the zone that shows it
};

// The one way in which DNS data is written, whatever door a change came through. Nodes are rendered here, so
// that answering is an append (dnsserver/node.h).
//
// What is answered with success is durable, and what the next query sees. Changes are idempotent. Those that
// come at once are folded into one commit; an error of one is not the others'. Another process may change the
// same zones of the store; a zone that it makes is not known here before open().
//
// Beside what each function says, all may fail as unavailable (the store; kWaitingMax changes wait; somebody else
// changes the same zone without pause) and internal. Thread-safe. Outlives its calls; store, clock, `served` and
// executor outlive it.
class Publishing {
 public:
  using Executor = base::Task<>::executor_type;

  // Reads the zones and publishes them to `served`.
  static Task<Result<std::unique_ptr<Publishing>>> open(storage::Store& store, const base::Clock& clock,
                                                        ZoneTableHolder& served, Executor executor);

  // The serial is set here. Returns the zone as it was made. conflict: there is a zone with this apex.
  // It is also conflict if the zone above holds anything there that the new one would hide.
  // malformed: no name server or one twice, a wildcard or the root as apex, a negative TTL out of bounds.
  // too_large: more name servers than kNameServersMax, more zones than kZonesMax.
  Task<Result<Zone>> create_zone(Zone zone);
  // With all that is in it: at once for queries; the store is clean when this returns, or will be after
  // clean_up(). not_found: no such zone.
  Task<Result<void>> delete_zone(Name apex);
  // In the order of their keys.
  Task<Result<Page<Zone>>> list_zones(Bytes after, size_t limit);

  // Both return the zone's serial. not_found: no zone here holds the owner. Other errors: ZoneEdit::apply().
  // REQUIRES: RDATA is of the type (dnsserver/rdata.h).
  Task<Result<uint32_t>> put_rrset(RRset rrset);
  Task<Result<uint32_t>> delete_rrset(Name owner, uint16_t type);
  // The static RRsets, and the NS of the apex first. not_found: no such zone.
  Task<Result<Page<RRset>>> list_rrsets(Name apex, Bytes after, size_t limit);

  // Adds a TXT value that belongs to the writer, under its tag, and disappears at `expires`; one that is there
  // already gets the new time. not_found: no zone here holds the owner. unauthorized: permits(). rate_limited:
  // the writer's writes a minute. Other errors: Fold::apply().
  Task<Result<Presented>> present(Writer writer, Name owner, Bytes value, Time expires);
  // Removes the writer's value, or all of its values at the owner, and returns how many there were. With a tag
  // only what has it. unauthorized and rate_limited as above.
  Task<Result<size_t>> remove(Writer writer, Name owner, std::optional<Bytes> value);
  // Removes all values of a credential that is gone, wherever they stand, and returns how many.
  Task<Result<size_t>> remove_all(std::string credential);
  // Carries out all changes of a transaction in one commit, or none of them: `unmet` says why, or the error of the
  // first that failed. Errors: as present() and remove().
  Task<Result<ChangeOutcome>> update(Transaction transaction);
  // The credential's live values, at one owner or everywhere. A page looks at kScannedPerPageMax entries, so it
  // may be short, or empty, and still have a next.
  Task<Result<Page<Challenge>>> list_challenges(std::string credential, std::optional<Name> owner,
                                                Bytes after, size_t limit);

  // Apex of the zone that holds `owner`. not_found: no zone here does.
  Result<Name> zone_of(const Name& owner) const;

  // Removes the challenge values whose time has come, and what is left of zones that were deleted. Returns
  // how many values were removed. To be called about every second: see run_clean_up().
  Task<Result<size_t>> clean_up();

 private:
  using Change = std::variant<CreateZone, DeleteZone, ExpireAt, OwnerChange, Transaction>;
  using Outcome = ChangeOutcome;
  using Outcomes = std::vector<Result<Outcome>>;

  Publishing(storage::Store& store, const base::Clock& clock, ZoneTableHolder& served, Executor executor);

  // What follows runs in the batcher, one batch at a time. `which` are indices of changes and outcomes.
  Task<Outcomes> carry_out(std::vector<Change> changes);
  Task<> carry_out_one_by_one(const std::vector<Change>& changes, const std::vector<size_t>& which,
                              Outcomes& outcomes);
  Task<> carry_out_folded(const std::vector<Change>& changes, const std::vector<size_t>& which,
                          Outcomes& outcomes);
  Task<Result<void>> commit_fold(const std::vector<Change>& changes, const std::vector<size_t>& which,
                                 Outcomes& outcomes);
  Task<Result<Outcome>> apply(Fold& fold, const Change& change);
  Task<Result<Outcome>> make_zone(Zone zone);
  Task<Result<Outcome>> mark_deleted(Name apex);
  // What its credential's rate lets pass takes its part of it.
  Result<void> check_rate(const Change& change);
  Task<Result<void>> load_names_if_needed(const std::vector<Change>& changes,
                                          const std::vector<size_t>& which);
  // Those that would have succeeded.
  static void fail_those(const std::vector<size_t>& which, const base::Error& error, Outcomes& outcomes);

  Task<Result<void>> sweep_deleted_zones();
  Task<Result<size_t>> expire_those(const std::vector<storage::Expectation>& expired);
  std::shared_ptr<const ZoneTable> table() const;

  storage::Store& store_;
  const base::Clock& clock_;
  ZoneTableHolder& served_;
  std::atomic<bool> left_overs_ = true;  // there may be deleted zones that are not gone yet
  LiveNames live_names_;                 // this and the next belong to the batcher
  TokenBuckets rates_{kRatedWritersMax};
  Batcher<Change, Result<Outcome>> batcher_;
};

}  // namespace dnsserver
