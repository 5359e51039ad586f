// What Publishing reads. It asks the store as it is, past the batcher.
#include "dnsserver/keys.h"
#include "dnsserver/publishing.h"
#include "dnsserver/stored.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;
using storage::Entry;
using storage::Range;

Task<Result<Page<Zone>>> Publishing::list_zones(Bytes after, size_t limit) {
  Page<Zone> page;
  Range range{.prefix = zones_prefix(), .after = std::move(after), .limit = limit + 1};
  for (;;) {
    CO_TRY(const std::vector<Entry> entries, co_await store_.list(range));
    for (const Entry& entry : entries) {
      CO_TRY(StoredZone zone, decode_zone(entry.value));
      if (zone.deleted) continue;
      if (page.items.size() == limit) {
        page.next = zone_key(page.items.back().apex);
        co_return page;
      }
      page.items.push_back(std::move(zone.zone));
    }
    if (entries.size() < range.limit) co_return page;
    range.after = entries.back().key;
  }
}

Task<Result<Zone>> Publishing::find_zone(Name apex) {
  CO_TRY(const auto entry, co_await store_.get(zone_key(apex)));
  std::optional<StoredZone> zone;
  if (entry) {
    CO_TRY(zone, decode_zone(entry->value));
  }
  if (!zone || zone->deleted) co_return fail(ErrorKind::not_found, "there is no zone " + apex.text());
  co_return zone->zone;
}

Task<Result<Page<RRset>>> Publishing::list_rrsets(Name apex, Bytes after, size_t limit) {
  CO_TRY(const Zone zone, co_await find_zone(apex));
  Page<RRset> page;
  if (after.empty()) page.items.push_back(ns_rrset(zone));
  Range range{.prefix = static_rrsets_prefix(apex), .after = std::move(after), .limit = limit + 1};
  CO_TRY(const std::vector<Entry> entries, co_await store_.list(range));
  Bytes last = range.prefix;  // no key is shorter, so all are after it
  for (const Entry& found : entries) {
    if (page.items.size() == limit) {
      page.next = last;
      co_return page;
    }
    CO_TRY(page.items.emplace_back(), decode_static_rrset(found.value));
    last = found.key;
  }
  co_return page;
}

Task<Result<Page<Challenge>>> Publishing::list_zone_challenges(Name apex, Bytes after, size_t limit) {
  Page<Challenge> page;
  Range range{.prefix = challenges_prefix(apex), .after = std::move(after), .limit = limit};
  CO_TRY(const std::vector<Entry> entries, co_await store_.list(range));
  for (const Entry& entry : entries) {
    CO_TRY(Challenge challenge, decode_challenge(entry.value));
    if (is_live(challenge, clock_.now())) page.items.push_back(std::move(challenge));
  }
  if (entries.size() == limit) page.next = entries.back().key;
  co_return page;
}

Task<Result<Page<Challenge>>> Publishing::list_challenges(std::string credential, std::optional<Name> owner,
                                                          Bytes after, size_t limit) {
  Page<Challenge> page;
  Range range{.prefix = all_challenges_prefix(), .after = std::move(after)};
  const auto zones = table();
  if (owner) {
    const auto apex = zone_of(*owner);
    if (!apex) co_return page;
    range.prefix = challenges_prefix(*apex, *owner);
  }
  for (size_t scanned = 0; scanned < kScannedPerPageMax;) {
    CO_TRY(const std::vector<Entry> entries, co_await store_.list(range));
    for (const Entry& entry : entries) {
      CO_TRY(Challenge challenge, decode_challenge(entry.value));
      range.after = entry.key;
      // Those of a zone that is being removed are gone already.
      if (challenge.credential != credential || !is_live(challenge, clock_.now()) ||
          !zones->find(challenge.owner)) {
        continue;
      }
      page.items.push_back(std::move(challenge));
      if (page.items.size() == limit) {
        page.next = range.after;
        co_return page;
      }
    }
    if (entries.size() < range.limit) co_return page;
    scanned += entries.size();
  }
  page.next = range.after;
  co_return page;
}

}  // namespace dnsserver
