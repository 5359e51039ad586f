#include "dnsserver/zone_table.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "dnsserver/keys.h"

namespace dnsserver {

namespace {

// Of no label: the root's.
constexpr uint64_t kRootHash = 0x9e3779b97f4a7c15;

// A name's hash is made label by label from the root down, so one pass hashes each of its suffixes.
uint64_t hash_with(uint64_t hash, BytesView label) {
  for (char c : label)
    hash = (hash ^ uint8_t(c)) * 0x100000001b3;
  hash ^= hash >> 32;
  return hash * 0xff51afd7ed558ccd;
}

BytesView label_with_length(const LoweredName& name, size_t index) {
  return name.wire().substr(name.label_at(index), name.label_at(index + 1) - name.label_at(index));
}

}  // namespace

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
  uint64_t hash = kRootHash;
  for (size_t i = apex.label_count(); i-- > 0;)
    hash = hash_with(hash, label_with_length(apex, i));
  assert(find_apex(hash, apex.wire()) == nullptr);
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at].zone != 0)
    at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {.hash = hash, .zone = zone + 1};
  label_counts_.set(apex.label_count());
  labels_max_ = std::max(labels_max_, apex.label_count());
}

const ServedZone* ZoneTable::find(const LoweredName& name, size_t labels) const {
  const size_t deepest = std::min({name.label_count(), labels, labels_max_});
  const ServedZone* found = nullptr;
  uint64_t hash = kRootHash;
  for (size_t count = 0;; ++count) {
    if (label_counts_[count]) {
      if (const auto* zone = find_apex(hash, name.suffix(count))) found = zone;
    }
    if (count == deepest) return found;
    hash = hash_with(hash, label_with_length(name, name.label_count() - count - 1));
  }
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
