#include "dnsserver/zone_table.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "dnsserver/keys.h"

namespace dnsserver {

ZoneTable::ZoneTable(const std::vector<Zone>& zones) {
  slots_.resize(std::bit_ceil(zones.size() * 2 + 1));
  zones_.reserve(zones.size());
  for (const Zone& zone : zones) {
    zones_.push_back({.apex = zone.apex.lowered(),
                      .label_count = zone.apex.label_count(),
                      .nodes_prefix = nodes_prefix(zone.apex),
                      .has_cuts = zone.has_cuts,
                      .has_wildcards = zone.has_wildcards});
    insert(uint32_t(zones_.size() - 1));
  }
}

void ZoneTable::insert(uint32_t zone) {
  LoweredName apex;
  apex.read(zones_[zone].apex, 0);
  const uint64_t hash = apex.hash(apex.label_count());
  assert(find_apex(hash, apex.wire()) == nullptr);
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at].zone != 0)
    at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {.hash = hash, .zone = zone + 1};
  label_counts_.set(apex.label_count());
  labels_max_ = std::max(labels_max_, apex.label_count());
}

const ServedZone* ZoneTable::find(const LoweredName& name, size_t labels) const {
  for (size_t count = std::min({name.label_count(), labels, labels_max_}) + 1; count-- > 0;) {
    if (!label_counts_[count]) continue;
    if (const auto* zone = find_apex(name.hash(count), name.suffix(count))) return zone;
  }
  return nullptr;
}

const ServedZone* ZoneTable::find_apex(uint64_t hash, BytesView apex) const {
  for (size_t at = hash & (slots_.size() - 1); slots_[at].zone != 0; at = (at + 1) & (slots_.size() - 1)) {
    const ServedZone& zone = zones_[slots_[at].zone - 1];
    if (slots_[at].hash == hash && zone.apex == apex) return &zone;
  }
  return nullptr;
}

void ZoneTableHolder::publish(std::shared_ptr<const ZoneTable> table) {
  const std::lock_guard lock(mutex_);
  table_.swap(table);
  generation_.fetch_add(1, std::memory_order_release);
}

bool ZoneTableHolder::refresh(std::shared_ptr<const ZoneTable>& held, uint64_t& generation) const {
  if (generation_.load(std::memory_order_acquire) == generation) return false;
  const std::lock_guard lock(mutex_);
  held = table_;
  generation = generation_.load(std::memory_order_relaxed);
  return true;
}

}  // namespace dnsserver
