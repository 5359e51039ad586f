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
#include "dnsserver/act_log.h"
#include "dnsserver/async/batcher.h"
#include "dnsserver/change.h"
#include "dnsserver/live_names.h"
#include "dnsserver/token_buckets.h"
#include "dnsserver/zone_diff.h"
#include "dnsserver/zone_edit.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace dnsserver {

using base::Task;

// Zones that one server holds.
inline constexpr size_t kZonesMax = 100'000;
// Changes that are one commit.
inline constexpr size_t kChangesPerCommitMax = 256;
// What an import changes with one commit: RRsets, and octets of their RDATA.
inline constexpr size_t kImportRRsetsPerCommitMax = 20'000;
inline constexpr size_t kImportOctetsPerCommitMax = 8 * 1024 * 1024;
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

// What an import came to.
struct Imported {
  Zone zone;                              // as it is afterwards, or would be
  std::optional<uint32_t> serial_before;  // nullopt: there was no such zone
  DiffCounts counts;                      // without SOA and NS of the apex
  size_t commits = 0;                     // 0: there was no difference, or nothing was to be done
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
// changes the same zone without pause) and internal. Thread-safe. Outlives its calls; store, clock, `served`,
// executor and log outlive it.
//
// What administrators change is told to the log by the commit that changes it.
class Publishing {
 public:
  using Executor = base::Task<>::executor_type;

  // Reads the zones and publishes them to `served`. Nobody is told where `log` is null.
  static Task<Result<std::unique_ptr<Publishing>>> open(storage::Store& store, const base::Clock& clock,
                                                        ZoneTableHolder& served, Executor executor,
                                                        ActLog* log = nullptr);

  // The serial is set here. Returns the zone as it was made. conflict: there is a zone with this apex, or the zone
  // above holds anything there that the new one would hide.
  // malformed and too_large: check_zone(); too_large: more zones than kZonesMax.
  Task<Result<Zone>> create_zone(Zone zone, Administrator by);
  // With all that is in it: at once for queries; the store is clean when this returns, or will be after
  // clean_up(). not_found: no such zone.
  Task<Result<void>> delete_zone(Name apex, Administrator by);
  // Makes the zone what `zone` and `rrsets` say, and all that operators put there before goes; what was published
  // stays. A zone that is not there is made. The serial goes forwards only, and is not less than zone's (RFC 1982).
  // Where there is no difference nothing is done; with `dry_run` nothing is done anyway.
  //
  // A difference of up to kImportRRsetsPerCommitMax RRsets and kImportOctetsPerCommitMax octets is one commit: a
  // query sees the zone of before or that of after. A larger one is several, a name before all that is below it; if
  // one fails, those before it stay, and the next import does the rest. What others change meanwhile stays where the
  // import has no say.
  //
  // malformed and too_large: check_zone(), check_static_rrset(), kNodeSizeMax, kZonesMax. conflict: CNAME and other
  // data at one name, be it a value that was published. REQUIRES: `rrsets` in the order of content_key(), each key
  // once, all under the apex and without SOA and NS of the apex (as in ZoneFile).
  Task<Result<Imported>> import_zone(Zone zone, std::vector<RRset> rrsets, bool dry_run, Administrator by);
  // not_found: no such zone.
  Task<Result<Zone>> find_zone(Name apex);

  // In the order of their keys.
  Task<Result<Page<Zone>>> list_zones(Bytes after, size_t limit);

  // Both return the zone's serial, and are told where they change something. not_found: no zone here holds the
  // owner. Other errors: ZoneEdit::apply(). REQUIRES: RDATA is of the type (dnsserver/rdata.h).
  Task<Result<uint32_t>> put_rrset(RRset rrset, Administrator by);
  Task<Result<uint32_t>> delete_rrset(Name owner, uint16_t type, Administrator by);
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

  // All live values in one zone, in the order of their keys. A zone that is not there has none.
  Task<Result<Page<Challenge>>> list_zone_challenges(Name apex, Bytes after, size_t limit);

  // Apex of the zone that holds `owner`. not_found: no zone here does.
  Result<Name> zone_of(const Name& owner) const;

  // Removes the challenge values whose time has come, and what is left of zones that were deleted. Returns
  // how many values were removed. To be called about every second: see run_clean_up().
  Task<Result<size_t>> clean_up();

 private:
  using Change = std::variant<CreateZone, DeleteZone, ImportStep, ExpireAt, OwnerChange, Transaction>;
  using Outcome = ChangeOutcome;
  using Outcomes = std::vector<Result<Outcome>>;

  Publishing(storage::Store& store, const base::Clock& clock, ZoneTableHolder& served, Executor executor,
             ActLog* log);

  // What follows runs in the batcher, one batch at a time. `which` are indices of changes and outcomes.
  Task<Outcomes> carry_out(std::vector<Change> changes);
  Task<> carry_out_one_by_one(const std::vector<Change>& changes, const std::vector<size_t>& which,
                              Outcomes& outcomes);
  Task<> carry_out_folded(const std::vector<Change>& changes, const std::vector<size_t>& which,
                          Outcomes& outcomes);
  Task<Result<void>> commit_fold(const std::vector<Change>& changes, const std::vector<size_t>& which,
                                 Outcomes& outcomes);
  Task<Result<Outcome>> apply(Fold& fold, const Change& change);
  Task<> make_zones(const std::vector<Change>& changes, const std::vector<size_t>& which, Outcomes& outcomes);
  Task<Result<Outcome>> add_zone(CreateZone create, storage::Batch& batch);
  Task<Result<Outcome>> carry_out_step(const ImportStep& step);
  // What to commit for it. Returns the serial that the zone has then.
  Task<Result<uint32_t>> plan_step(const ImportStep& step, storage::Batch& batch);
  Task<Result<Outcome>> mark_deleted(DeleteZone remove);
  // Of owner changes that succeeded, those of administrators.
  void tell(const std::vector<Change>& changes, const std::vector<size_t>& which, const Outcomes& outcomes,
            storage::Batch& batch);
  void tell(const Act& act, storage::Batch& batch);
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
  ActLog* const log_;
  std::atomic<bool> left_overs_ = true;  // there may be deleted zones that are not gone yet
  LiveNames live_names_;                 // this and the next belong to the batcher
  TokenBuckets rates_{kRatedWritersMax};
  Batcher<Change, Result<Outcome>> batcher_;
};

}  // namespace dnsserver
