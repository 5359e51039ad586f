#include "dnsserver/stored_zones.h"

#include <utility>

#include "dnsserver/keys.h"

namespace dnsserver {

using base::Task;
using storage::Batch;
using storage::Entry;
using storage::Range;
using storage::Revision;

namespace {

// Removes all keys with this prefix for as long as the zone's entry stays at `revision`.
Task<Result<void>> sweep_prefix(storage::Store& store, Bytes zone, Revision revision, Bytes prefix,
                                size_t step) {
  for (;;) {
    Range range{.prefix = prefix, .after = {}, .limit = step};
    CO_TRY(const std::vector<Entry> entries, co_await store.list(std::move(range)));
    if (entries.empty()) co_return Result<void>();
    Batch batch;
    batch.expected.push_back({zone, revision});
    for (const Entry& entry : entries)
      batch.deletes.push_back(entry.key);
    CO_CHECK(co_await store.commit(std::move(batch)));
    if (entries.size() < step) co_return Result<void>();
  }
}

Task<Result<void>> sweep(storage::Store& store, Name apex, Revision revision, size_t step) {
  const Bytes zone = zone_key(apex);
  CO_CHECK(co_await sweep_prefix(store, zone, revision, nodes_prefix(apex), step));
  CO_CHECK(co_await sweep_prefix(store, zone, revision, static_rrsets_prefix(apex), step));
  CO_CHECK(co_await sweep_prefix(store, zone, revision, challenges_prefix(apex), step));
  Batch last;
  last.expected.push_back({zone, revision});
  last.deletes.push_back(zone);
  CO_CHECK(co_await store.commit(std::move(last)));
  co_return Result<void>();
}

}  // namespace

Task<Result<std::vector<StoredZone>>> read_zones(storage::Store& store) {
  std::vector<StoredZone> zones;
  Range range{.prefix = zones_prefix()};
  for (;;) {
    CO_TRY(const std::vector<Entry> entries, co_await store.list(range));
    for (const Entry& entry : entries) {
      CO_TRY(zones.emplace_back(), decode_zone(entry.value));
    }
    if (entries.size() < range.limit) co_return zones;
    range.after = entries.back().key;
  }
}

Task<Result<void>> publish_zones(storage::Store& store, ZoneTableHolder& served) {
  CO_TRY(const auto stored, co_await read_zones(store));
  std::vector<Zone> zones;
  for (const StoredZone& zone : stored) {
    if (!zone.deleted) zones.push_back(zone.zone);
  }
  served.publish(std::make_shared<const ZoneTable>(zones));
  co_return Result<void>();
}

Task<Result<void>> sweep_zone(storage::Store& store, Name apex, size_t step) {
  CO_TRY(const auto entry, co_await store.get(zone_key(apex)));
  if (!entry) co_return Result<void>();
  CO_TRY(const StoredZone zone, decode_zone(entry->value));
  if (!zone.deleted) co_return Result<void>();
  const auto swept = co_await sweep(store, apex, entry->revision, step);
  // Somebody else sweeps it, too, and was first.
  if (!swept && swept.error().kind == base::ErrorKind::conflict) co_return Result<void>();
  co_return swept;
}

}  // namespace dnsserver
