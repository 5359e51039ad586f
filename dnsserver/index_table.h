#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"

namespace dnsserver {

using base::BytesView;

// One name in one zone, lower-case and in wire form, and its node behind it, in one piece of memory. Nothing of
// it changes but `children`, which is the writer's.
struct IndexEntry {
  uint32_t children;  // entries one label below it in its zone
  uint32_t node_size;
  uint8_t name_size;
  uint8_t apex_labels;  // of the zone's apex
  bool has_node;        // otherwise it is an empty non-terminal

  BytesView name() const { return {octets(), name_size}; }
  BytesView node() const { return {octets() + name_size, node_size}; }

  static IndexEntry* make(BytesView name, size_t apex_labels, std::optional<BytesView> node,
                          uint32_t children);
  static void free(void* entry);
  // Octets that `entry` takes.
  static size_t size_of(const IndexEntry& entry);

 private:
  const char* octets() const { return reinterpret_cast<const char*>(this + 1); }
};

// The hash table of a NodeIndex: open addressing, one word a slot, with 15 bits of the hash beside the address
// so that hardly any entry is touched but the right one. One thread changes it while others find; an entry never
// moves, so a name that stays is found at any time. Does not own its entries.
class IndexTable {
 public:
  // REQUIRES: a power of two.
  explicit IndexTable(size_t capacity);

  // For any thread. Null: there is none. `hash` is that of `name`.
  IndexEntry* find(BytesView name, uint64_t hash, size_t apex_labels) const;

  // For the writer. REQUIRES: no entry of that name; used() < capacity().
  void insert(IndexEntry* entry, uint64_t hash);
  // REQUIRES of both: `old` is in the table. The name of `entry` is the same.
  void replace(const IndexEntry* old, IndexEntry* entry, uint64_t hash);
  void remove(const IndexEntry* old, uint64_t hash);

  // Slots, and those that are not free: a removed entry may leave one that no search ends at.
  size_t capacity() const { return mask_ + 1; }
  size_t used() const { return used_; }

  template <class Visit>
  void for_each(Visit visit) const {
    for (size_t at = 0; at <= mask_; ++at) {
      const uint64_t slot = slots_[at].load(std::memory_order_relaxed);
      if (slot > kRemoved) visit(entry_of(slot));
    }
  }

 private:
  static constexpr uint64_t kFree = 0;
  static constexpr uint64_t kRemoved = 1;
  static constexpr unsigned kAddressBits = 48;

  static uint64_t tag_of(uint64_t hash) { return (hash >> kAddressBits | 1) << kAddressBits; }
  static uint64_t slot_of(const IndexEntry* entry, uint64_t hash);
  static IndexEntry* entry_of(uint64_t slot) {
    return reinterpret_cast<IndexEntry*>(slot & ((uint64_t{1} << kAddressBits) - 1));
  }
  static size_t start_of(uint64_t hash, size_t apex_labels) {
    return size_t(hash + apex_labels * 0x9e3779b97f4a7c15);
  }
  size_t slot_with(const IndexEntry* entry, uint64_t hash) const;

  const size_t mask_;
  const std::unique_ptr<std::atomic<uint64_t>[]> slots_;
  size_t used_ = 0;  // the writer's
};

}  // namespace dnsserver
