// What the batcher of Publishing carries out: one batch of changes at a time.
#include <algorithm>
#include <iterator>

#include "dnsserver/fold.h"
#include "dnsserver/growth.h"
#include "dnsserver/keys.h"
#include "dnsserver/owner_content.h"
#include "dnsserver/publishing.h"
#include "dnsserver/serial.h"
#include "dnsserver/static_rrset.h"
#include "dnsserver/stored.h"
#include "dnsserver/stored_zones.h"

namespace dnsserver {

using base::Error;
using base::ErrorKind;
using base::fail;
using storage::Batch;

namespace {

bool takes_away(const auto& change) {
  const auto* one = std::get_if<OwnerChange>(&change);
  if (one == nullptr) return std::holds_alternative<ExpireAt>(change);
  return !std::holds_alternative<PutRRset>(*one) && !std::holds_alternative<Present>(*one);
}

// Whether the batch changes this RRset. The NS of an apex are part of its zone.
bool changes_rrset(const Batch& batch, const ZoneTable& zones, const Name& owner, uint16_t type) {
  const ServedZone* zone = zones.find(owner);
  if (zone == nullptr) return false;
  const Name apex = Name::from_wire(zone->apex).value();
  const bool is_of_zone = owner == apex && type == kTypeNs;
  const Bytes key = is_of_zone ? zone_key(apex) : static_rrset_key(apex, owner, type);
  return std::ranges::find(batch.puts, key, &storage::Put::key) != batch.puts.end() ||
         std::ranges::find(batch.deletes, key) != batch.deletes.end();
}

bool is_delegation_or_glue(const RRset& rrset, const Name& cut) {
  const bool of_the_cut = rrset.owner == cut && (rrset.type == kTypeNs || rrset.type == kTypeDs);
  return of_the_cut || rrset.type == kTypeA || rrset.type == kTypeAaaa;
}

// What the zone above holds at or below a new apex would be out of everybody's reach: queries and changes go to the
// new zone. Its delegation may stand there, which is what RFC 1034 §4.2.1 wants of it.
Task<Result<void>> check_hides_nothing(storage::Store& store, const Name& above, const Name& apex) {
  storage::Range challenges{challenges_at_or_below(above, apex), {}, 1};
  CO_TRY(const auto challenge_entries, co_await store.list(std::move(challenges)));
  storage::Range rrsets{static_rrsets_at_or_below(above, apex)};
  const size_t rrsets_max = rrsets.limit;
  CO_TRY(const auto rrset_entries, co_await store.list(std::move(rrsets)));
  bool hides = !challenge_entries.empty() || rrset_entries.size() == rrsets_max;
  for (const storage::Entry& entry : rrset_entries) {
    CO_TRY(const RRset rrset, decode_static_rrset(entry.value));
    hides = hides || !is_delegation_or_glue(rrset, apex);
  }
  if (!hides) co_return Result<void>();
  co_return fail(ErrorKind::conflict, "zone " + above.text() + " holds data at or below " + apex.text() +
                                          " that the new zone would hide; delete that first");
}

}  // namespace

Task<Publishing::Outcomes> Publishing::carry_out(std::vector<Change> changes) {
  Outcomes outcomes(changes.size());
  std::vector<size_t> zone_changes, owner_changes;
  for (size_t i = 0; i < changes.size(); ++i) {
    const bool of_owners = std::holds_alternative<OwnerChange>(changes[i]) ||
                           std::holds_alternative<Transaction>(changes[i]) ||
                           std::holds_alternative<ExpireAt>(changes[i]);
    if (const auto passes = check_rate(changes[i]); !passes) {
      outcomes[i] = tl::unexpected(passes.error());
    } else {
      (of_owners ? owner_changes : zone_changes).push_back(i);
    }
  }
  if (!zone_changes.empty()) co_await carry_out_one_by_one(changes, zone_changes, outcomes);
  if (!owner_changes.empty()) co_await carry_out_folded(changes, owner_changes, outcomes);
  co_return outcomes;
}

Result<void> Publishing::check_rate(const Change& change) {
  const auto* owner_change = std::get_if<OwnerChange>(&change);
  const auto* transaction = std::get_if<Transaction>(&change);
  const Writer* writer = owner_change != nullptr  ? writer_of(*owner_change)
                         : transaction != nullptr ? &transaction->writer
                                                  : nullptr;
  if (writer == nullptr || !writer->credential) return {};
  const WriteLimits& limits = writer->credential->limits;
  if (rates_.take(writer->name, {limits.writes_per_minute, limits.burst}, clock_.now())) return {};
  return fail(ErrorKind::rate_limited, "credential " + writer->name + " writes more than " +
                                           std::to_string(limits.writes_per_minute) + " times a minute");
}

// They are rare, and each is a commit, but that zones are made together.
Task<> Publishing::carry_out_one_by_one(const std::vector<Change>& changes, const std::vector<size_t>& which,
                                        Outcomes& outcomes) {
  std::vector<size_t> creations;
  std::ranges::copy_if(which, std::back_inserter(creations),
                       [&](size_t i) { return std::holds_alternative<CreateZone>(changes[i]); });
  if (!creations.empty()) co_await make_zones(changes, creations, outcomes);
  for (const size_t i : which) {
    if (const auto* step = std::get_if<ImportStep>(&changes[i])) outcomes[i] = co_await carry_out_step(*step);
    if (const auto* remove = std::get_if<DeleteZone>(&changes[i]))
      outcomes[i] = co_await mark_deleted(*remove);
  }
  if (std::ranges::none_of(which, [&](size_t i) { return outcomes[i].has_value(); })) co_return;
  live_names_.unload();  // those of a zone that was deleted are gone
  if (const auto published = co_await publish_zones(store_, served_); !published) {
    fail_those(which, published.error(), outcomes);
  }
}

Task<> Publishing::carry_out_folded(const std::vector<Change>& changes, const std::vector<size_t>& which,
                                    Outcomes& outcomes) {
  for (size_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto done = co_await commit_fold(changes, which, outcomes);
    if (done) co_return;
    if (done.error().kind != ErrorKind::conflict) {
      fail_those(which, done.error(), outcomes);
      co_return;
    }
    // Another process was faster. It may have changed the zones as well.
    live_names_.unload();
    if (const auto published = co_await publish_zones(store_, served_); !published) {
      fail_those(which, published.error(), outcomes);
      co_return;
    }
  }
  const Error contended{ErrorKind::unavailable, "another process changes the same zone without pause"};
  fail_those(which, contended, outcomes);
}

// conflict: nothing was done.
Task<Result<void>> Publishing::commit_fold(const std::vector<Change>& changes,
                                           const std::vector<size_t>& which, Outcomes& outcomes) {
  CO_CHECK(co_await load_names_if_needed(changes, which));
  const std::shared_ptr<const ZoneTable> zones = table();
  Fold fold(store_, *zones, live_names_, clock_.now());
  for (const size_t i : which)
    outcomes[i] = co_await apply(fold, changes[i]);

  Batch batch = fold.finish();
  tell(changes, which, outcomes, batch);
  if (!batch.appends.empty() && !batch.may_use_reserve) {
    CO_TRY(const bool takes_room, co_await grows(store_, batch));
    batch.may_use_reserve = !takes_room;
  }
  if (!batch.puts.empty() || !batch.deletes.empty() || !batch.appends.empty()) {
    CO_CHECK(co_await store_.commit(std::move(batch)));
    fold.note_holders(live_names_);
  }
  if (fold.changes_table()) CO_CHECK(co_await publish_zones(store_, served_));
  for (const size_t i : which) {
    const auto* change = std::get_if<OwnerChange>(&changes[i]);
    if (change != nullptr && outcomes[i]) outcomes[i]->serial = fold.serial_at(owner_of(*change));
  }
  co_return Result<void>();
}

// Few credentials have a limit that is to be counted, and a server without them never counts.
Task<Result<void>> Publishing::load_names_if_needed(const std::vector<Change>& changes,
                                                    const std::vector<size_t>& which) {
  const auto is_counted = [&](size_t i) {
    if (const auto* transaction = std::get_if<Transaction>(&changes[i])) {
      return transaction->writer.credential && counts_names(*transaction->writer.credential);
    }
    const auto* change = std::get_if<OwnerChange>(&changes[i]);
    const auto* present = change == nullptr ? nullptr : std::get_if<Present>(change);
    return present != nullptr && present->writer.credential && counts_names(*present->writer.credential);
  };
  if (live_names_.is_loaded() || std::ranges::none_of(which, is_counted)) co_return Result<void>();
  co_return co_await live_names_.load(store_);
}

Task<Result<Publishing::Outcome>> Publishing::apply(Fold& fold, const Change& change) {
  Outcome outcome;
  if (const auto* one = std::get_if<OwnerChange>(&change)) {
    CO_TRY(outcome.removed, co_await fold.apply(*one));
  } else if (const auto* transaction = std::get_if<Transaction>(&change)) {
    CO_TRY(outcome, co_await fold.apply(*transaction));
  } else {
    for (const Name& owner : std::get<ExpireAt>(change).owners) {
      const OwnerChange expire = Expire{owner};
      CO_TRY(const size_t removed, co_await fold.apply(expire));
      outcome.removed += removed;
    }
  }
  co_return outcome;
}

// One commit for all: a file of thousands of zones is read in seconds.
Task<> Publishing::make_zones(const std::vector<Change>& changes, const std::vector<size_t>& which,
                              Outcomes& outcomes) {
  for (size_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Batch batch;
    for (const size_t i : which)
      outcomes[i] = co_await add_zone(std::get<CreateZone>(changes[i]), batch);
    if (batch.puts.empty()) co_return;
    const auto committed = co_await store_.commit(std::move(batch));
    if (committed) co_return;
    if (committed.error().kind != ErrorKind::conflict) {
      fail_those(which, committed.error(), outcomes);
      co_return;
    }
  }
  const Error contended{ErrorKind::unavailable, "another process makes the same zones without pause"};
  fail_those(which, contended, outcomes);
}

Task<Result<Publishing::Outcome>> Publishing::add_zone(CreateZone create, Batch& batch) {
  Zone& zone = create.zone;
  Bytes key = zone_key(zone.apex);
  CO_TRY(const auto entry, co_await store_.get(key));
  std::optional<StoredZone> there;
  if (entry) {
    CO_TRY(there, decode_zone(entry->value));
  }
  const bool is_made =
      std::ranges::find(batch.expected, key, &storage::Expectation::key) != batch.expected.end();
  if (is_made || (there && !there->deleted)) {
    co_return fail(ErrorKind::conflict, "there is a zone " + zone.apex.text() + " already");
  }
  if (there) co_return Outcome{.left_over = true};
  if (table()->size() + batch.expected.size() >= kZonesMax) {
    co_return fail(ErrorKind::too_large, "this server holds 100,000 zones, its limit");
  }
  const auto zones = table();
  if (const ServedZone* above = zones->find(zone.apex)) {
    const Name above_apex = Name::from_wire(above->apex).value();
    CO_CHECK(co_await check_hides_nothing(store_, above_apex, zone.apex));
  }
  zone.serial = first_serial(clock_.now());
  OwnerContent apex;
  apex.owner = zone.apex;
  CO_TRY(Bytes node, node_of(apex, zone));
  batch.expected.push_back({key});
  batch.puts.push_back({std::move(key), encode(StoredZone{zone})});
  batch.puts.push_back({node_key(zone.apex, zone.apex), std::move(node)});
  tell(act_of(ActKind::zone_created, zone, std::move(create.by)), batch);
  co_return Outcome{.serial = zone.serial};
}

// From this commit on the zone is not served; sweep_zone() removes the rest of it.
Task<Result<Publishing::Outcome>> Publishing::mark_deleted(DeleteZone remove) {
  for (size_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(const auto entry, co_await store_.get(zone_key(remove.apex)));
    if (!entry) break;
    CO_TRY(StoredZone zone, decode_zone(entry->value));
    if (zone.deleted) break;
    zone.deleted = true;
    Batch batch;
    batch.expected.push_back({entry->key, entry->revision});
    batch.puts.push_back({entry->key, encode(zone)});
    tell(act_of(ActKind::zone_deleted, zone.zone, remove.by), batch);
    batch.may_use_reserve = true;
    const auto committed = co_await store_.commit(std::move(batch));
    if (committed) co_return Outcome{.serial = zone.zone.serial};
    if (committed.error().kind != ErrorKind::conflict) co_return tl::unexpected(committed.error());
  }
  co_return fail(ErrorKind::not_found, "there is no zone " + remove.apex.text());
}

void Publishing::tell(const std::vector<Change>& changes, const std::vector<size_t>& which,
                      const Outcomes& outcomes, Batch& batch) {
  const std::shared_ptr<const ZoneTable> zones = table();
  bool only_takes_away = true;
  for (const size_t i : which) {
    const auto* change = std::get_if<OwnerChange>(&changes[i]);
    only_takes_away = only_takes_away && takes_away(changes[i]);
    if (change == nullptr || !outcomes[i]) continue;
    const auto* put = std::get_if<PutRRset>(change);
    if (put != nullptr && changes_rrset(batch, *zones, put->rrset.owner, put->rrset.type)) {
      RRset stored = put->rrset;
      drop_duplicates(stored);
      tell(act_of(stored, put->by), batch);
    }
    const auto* remove = std::get_if<DeleteRRset>(change);
    if (remove != nullptr && changes_rrset(batch, *zones, remove->owner, remove->type)) {
      tell(act_of(remove->owner, remove->type, remove->by), batch);
    }
  }
  // Without an entry it makes room by itself.
  batch.may_use_reserve = only_takes_away && !batch.appends.empty();
}

void Publishing::tell(const Act& act, Batch& batch) {
  if (log_ != nullptr) log_->note(act, batch);
}

void Publishing::fail_those(const std::vector<size_t>& which, const Error& error, Outcomes& outcomes) {
  for (const size_t i : which) {
    if (outcomes[i]) outcomes[i] = tl::unexpected(error);
  }
}

}  // namespace dnsserver
