// Imports: the difference is found past the batcher, and carried out in it step by step.
#include <algorithm>
#include <iterator>
#include <utility>

#include "dnsserver/check_zone.h"
#include "dnsserver/growth.h"
#include "dnsserver/keys.h"
#include "dnsserver/load_owner.h"
#include "dnsserver/publishing.h"
#include "dnsserver/serial.h"
#include "dnsserver/stored.h"
#include "dnsserver/stored_zones.h"
#include "dnsserver/zone_diff.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;
using storage::Batch;

namespace {

size_t rdata_size(const OwnerChange& change) {
  const auto* put = std::get_if<PutRRset>(&change);
  size_t size = 0;
  if (put != nullptr) {
    for (const Bytes& rdata : put->rrset.rdata)
      size += rdata.size();
  }
  return size;
}

// All that is at one name is one step's.
std::vector<ImportStep> steps_of(const Name& apex, std::vector<OwnerChange> changes) {
  std::vector<ImportStep> steps{ImportStep{.apex = apex, .zone = std::nullopt, .changes = {}}};
  size_t octets = 0;
  for (OwnerChange& change : changes) {
    std::vector<OwnerChange>& last = steps.back().changes;
    const size_t size = rdata_size(change);
    const bool is_full =
        last.size() >= kImportRRsetsPerCommitMax || octets + size > kImportOctetsPerCommitMax;
    if (is_full && !last.empty() && owner_of(last.back()) != owner_of(change)) {
      steps.push_back({.apex = apex, .zone = std::nullopt, .changes = {}});
      octets = 0;
    }
    octets += size;
    steps.back().changes.push_back(std::move(change));
  }
  return steps;
}

// Whether SOA and NS become others: what else a zone holds is not the import's.
bool differs(const Zone& stored, const Zone& wanted) {
  return stored.name_servers != wanted.name_servers || stored.contact != wanted.contact ||
         stored.refresh != wanted.refresh || stored.retry != wanted.retry || stored.expire != wanted.expire ||
         stored.ttl != wanted.ttl || stored.negative_ttl != wanted.negative_ttl ||
         serial_less(stored.serial, wanted.serial);
}

uint32_t later_serial(uint32_t a, uint32_t b) { return serial_less(a, b) ? b : a; }

// `wanted` as a zone that is made now.
Zone new_zone(Zone wanted, Time now) {
  wanted.serial = later_serial(first_serial(now), wanted.serial);
  return wanted;
}

// The commit with this number, from 1, of so many.
Act act_of(const Imported& import, size_t commit, size_t commits, Administrator by) {
  Act act{ActKind::zone_imported, std::move(by), {import.zone.apex}};
  if (import.serial_before) {
    act.add("serial_before", std::to_string(*import.serial_before));
  } else {
    act.add("created", "yes");
  }
  act.add("rrsets_added", std::to_string(import.counts.added));
  act.add("rrsets_changed", std::to_string(import.counts.changed));
  act.add("rrsets_removed", std::to_string(import.counts.removed));
  if (commits > 1) act.add("commit", std::to_string(commit) + " of " + std::to_string(commits));
  return act;
}

}  // namespace

Task<Result<Imported>> Publishing::import_zone(Zone zone, std::vector<RRset> rrsets, bool dry_run,
                                               Administrator by) {
  CO_CHECK(check_zone(zone));
  CO_CHECK(co_await sweep_zone(store_, zone.apex, kDeletesPerCommitMax));
  const auto stored = co_await find_zone(zone.apex);
  if (!stored && stored.error().kind != ErrorKind::not_found) co_return tl::unexpected(stored.error());
  CO_TRY(ZoneDiff diff, co_await diff_zone(store_, zone.apex, rrsets));
  Imported imported{.zone = zone, .serial_before = std::nullopt, .counts = diff.counts};
  if (stored) imported.serial_before = stored->serial;

  const bool zone_differs = !stored || differs(*stored, zone);
  if (!zone_differs && diff.changes.empty()) {
    imported.zone = *stored;
  } else if (dry_run) {
    imported.zone.serial = stored ? later_serial(next_serial(stored->serial, clock_.now()), zone.serial)
                                  : new_zone(zone, clock_.now()).serial;
  } else {
    std::vector<ImportStep> steps = steps_of(zone.apex, std::move(diff.changes));
    if (zone_differs) steps.front().zone = std::move(zone);
    for (ImportStep& step : steps) {
      ++imported.commits;
      step.told = act_of(imported, imported.commits, steps.size(), by);
      Change change = std::move(step);
      CO_CHECK(co_await batcher_.submit(std::move(change)));
    }
    CO_TRY(imported.zone, co_await find_zone(imported.zone.apex));
  }
  co_return imported;
}

Task<Result<Publishing::Outcome>> Publishing::carry_out_step(const ImportStep& step) {
  for (size_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Outcome outcome;
    Batch batch;
    CO_TRY(outcome.serial, co_await plan_step(step, batch));
    if (batch.puts.empty() && batch.deletes.empty()) co_return outcome;
    Act told = step.told;
    told.add("serial", std::to_string(outcome.serial));
    tell(told, batch);
    CO_TRY(const bool takes_room, co_await grows(store_, batch));
    batch.may_use_reserve = !takes_room;
    const auto committed = co_await store_.commit(std::move(batch));
    if (committed) co_return outcome;
    if (committed.error().kind != ErrorKind::conflict) co_return tl::unexpected(committed.error());
  }
  co_return fail(ErrorKind::unavailable, "another process changes the same zone without pause");
}

Task<Result<uint32_t>> Publishing::plan_step(const ImportStep& step, Batch& batch) {
  CO_TRY(const auto entry, co_await store_.get(zone_key(step.apex)));
  std::optional<StoredZone> stored;
  if (entry) {
    CO_TRY(stored, decode_zone(entry->value));
  }
  if (stored ? stored->deleted : !step.zone) {
    co_return fail(ErrorKind::not_found, "the zone " + step.apex.text() + " was deleted meanwhile");
  }
  if (!stored && table()->size() >= kZonesMax) {
    co_return fail(ErrorKind::too_large, "this server holds 100,000 zones, its limit");
  }
  const Time now = clock_.now();
  ZoneEdit edit(stored ? stored->zone : new_zone(*step.zone, now),
                stored ? entry->revision : storage::kAbsent, now);
  CO_CHECK(co_await load_needed(store_, edit, step.apex));
  if (step.zone) CO_CHECK(edit.apply_soa_and_ns(*step.zone));
  for (const OwnerChange& change : step.changes) {
    CO_CHECK(co_await load_needed(store_, edit, owner_of(change)));
    CO_CHECK(edit.apply(change));
  }
  edit.finish(batch);
  co_return edit.zone().serial;
}

}  // namespace dnsserver
