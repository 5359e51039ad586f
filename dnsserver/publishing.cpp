#include "dnsserver/publishing.h"

#include "base/log.h"
#include "dnsserver/check_zone.h"
#include "dnsserver/keys.h"
#include "dnsserver/stored.h"
#include "dnsserver/stored_zones.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;

namespace {

// Whether the zone that serves the owner is the one that the key of a challenge value names.
bool is_key_of(const ZoneTable& zones, const Bytes& key, const Name& owner) {
  const ServedZone* zone = zones.find(owner);
  return zone != nullptr && key.starts_with(challenges_prefix(Name::from_wire(zone->apex).value(), owner));
}

}  // namespace

Publishing::Publishing(storage::Store& store, const base::Clock& clock, ZoneTableHolder& served,
                       Executor executor, ActLog* log)
    : store_(store),
      clock_(clock),
      served_(served),
      log_(log),
      batcher_(std::move(executor), {.size_max = kChangesPerCommitMax, .waiting_max = kWaitingMax},
               fail(ErrorKind::unavailable, "too many changes wait to be written"),
               [this](std::vector<Change> changes) { return carry_out(std::move(changes)); }) {}

Task<Result<std::unique_ptr<Publishing>>> Publishing::open(storage::Store& store, const base::Clock& clock,
                                                           ZoneTableHolder& served, Executor executor,
                                                           ActLog* log) {
  CO_CHECK(co_await publish_zones(store, served));
  co_return std::unique_ptr<Publishing>(new Publishing(store, clock, served, std::move(executor), log));
}

Task<Result<Zone>> Publishing::create_zone(Zone zone, Administrator by) {
  CO_CHECK(check_zone(zone));
  for (size_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Change create = CreateZone{zone, by};
    CO_TRY(const Outcome outcome, co_await batcher_.submit(std::move(create)));
    if (!outcome.left_over) {
      zone.serial = outcome.serial;
      co_return zone;
    }
    CO_CHECK(co_await sweep_zone(store_, zone.apex, kDeletesPerCommitMax));
  }
  co_return fail(ErrorKind::unavailable,
                 "what was in " + zone.apex.text() + " before is still being removed");
}

Task<Result<void>> Publishing::delete_zone(Name apex, Administrator by) {
  Change remove = DeleteZone{apex, std::move(by)};
  CO_CHECK(co_await batcher_.submit(std::move(remove)));
  if (const auto swept = co_await sweep_zone(store_, apex, kDeletesPerCommitMax); !swept) {
    left_overs_ = true;
    base::log::warning("dns.zone.sweep_failed", {{"apex", apex.text()}, {"detail", swept.error().detail}});
  }
  co_return Result<void>();
}

Task<Result<uint32_t>> Publishing::put_rrset(RRset rrset, Administrator by) {
  Change put = OwnerChange(PutRRset{std::move(rrset), std::move(by)});
  CO_TRY(const Outcome outcome, co_await batcher_.submit(std::move(put)));
  co_return outcome.serial;
}

Task<Result<uint32_t>> Publishing::delete_rrset(Name owner, uint16_t type, Administrator by) {
  Change remove = OwnerChange(DeleteRRset{std::move(owner), type, std::move(by)});
  CO_TRY(const Outcome outcome, co_await batcher_.submit(std::move(remove)));
  co_return outcome.serial;
}

Task<Result<Presented>> Publishing::present(Writer writer, Name owner, Bytes value, Time expires) {
  const Challenge challenge{writer.name,  std::move(owner), std::move(value),
                            clock_.now(), expires,          writer.tag};
  Change present = OwnerChange(Present{std::move(writer), challenge});
  CO_TRY(const Outcome outcome, co_await batcher_.submit(std::move(present)));
  co_return Presented{challenge, outcome.serial};
}

Task<Result<size_t>> Publishing::remove(Writer writer, Name owner, std::optional<Bytes> value) {
  Change remove = OwnerChange(Remove{std::move(writer), std::move(owner), std::move(value)});
  CO_TRY(const Outcome outcome, co_await batcher_.submit(std::move(remove)));
  co_return outcome.removed;
}

Task<Result<size_t>> Publishing::remove_all(std::string credential) {
  size_t removed = 0;
  Page<Challenge> page;
  do {
    CO_TRY(page,
           co_await list_challenges(credential, std::nullopt, std::move(page.next), kChangesPerCommitMax));
    for (const Challenge& challenge : page.items) {
      Writer writer = Writer::of_configuration(credential);  // nobody limits what takes values away
      std::optional<Bytes> value = challenge.value;
      CO_TRY(const size_t count, co_await remove(std::move(writer), challenge.owner, std::move(value)));
      removed += count;
    }
  } while (!page.next.empty());
  co_return removed;
}

Task<Result<ChangeOutcome>> Publishing::update(Transaction transaction) {
  Change change = std::move(transaction);
  co_return co_await batcher_.submit(std::move(change));
}

Result<Name> Publishing::zone_of(const Name& owner) const {
  const auto zones = table();
  if (const ServedZone* zone = zones->find(owner)) return Name::from_wire(zone->apex);
  return fail(ErrorKind::not_found, "no zone of this server holds " + owner.text());
}

Task<Result<size_t>> Publishing::clean_up() {
  CO_CHECK(co_await sweep_deleted_zones());
  size_t removed = 0;
  for (;;) {
    CO_TRY(const auto expired,
           co_await store_.expired(all_challenges_prefix(), clock_.now(), kChangesPerCommitMax));
    CO_TRY(const size_t now_removed, co_await expire_those(expired));
    removed += now_removed;
    if (now_removed == 0 || expired.size() < kChangesPerCommitMax) co_return removed;
  }
}

// Each goes with the change that renders its node again. An entry that no zone shows, or that cannot be read, goes by
// itself: the longest expired are looked at first, and it would stand before all others for ever.
Task<Result<size_t>> Publishing::expire_those(const std::vector<storage::Expectation>& expired) {
  const auto zones = table();
  ExpireAt expire;
  storage::Batch unseen;
  for (const storage::Expectation& key : expired) {
    CO_TRY(const auto entry, co_await store_.get(key.key));
    if (!entry) continue;
    const auto challenge = decode_challenge(entry->value);
    if (challenge && is_key_of(*zones, key.key, challenge->owner)) {
      expire.owners.push_back(challenge->owner);
    } else {
      unseen.expected.push_back(key);
      unseen.deletes.push_back(key.key);
    }
  }
  size_t removed = unseen.deletes.size();
  if (removed > 0) {
    base::log::warning("dns.clean_up.unseen", {{"values", std::to_string(removed)}});
    CO_CHECK(co_await store_.commit(std::move(unseen)));
  }
  if (expire.owners.empty()) co_return removed;
  Change change = std::move(expire);
  CO_TRY(const Outcome outcome, co_await batcher_.submit(std::move(change)));
  co_return removed + outcome.removed;
}

// Deleted zones are found by reading all of them, so not without cause: after open(), and when a sweep has
// failed.
Task<Result<void>> Publishing::sweep_deleted_zones() {
  if (!left_overs_.exchange(false)) co_return Result<void>();
  const auto zones = co_await read_zones(store_);
  Result<void> swept;
  if (!zones) swept = tl::unexpected(zones.error());
  for (size_t i = 0; swept && i < zones->size(); ++i) {
    const StoredZone& zone = (*zones)[i];
    if (zone.deleted) swept = co_await sweep_zone(store_, zone.zone.apex, kDeletesPerCommitMax);
  }
  if (!swept) left_overs_ = true;
  co_return swept;
}

std::shared_ptr<const ZoneTable> Publishing::table() const {
  std::shared_ptr<const ZoneTable> held;
  uint64_t generation = 0;
  served_.refresh(held, generation);
  return held;
}

}  // namespace dnsserver
