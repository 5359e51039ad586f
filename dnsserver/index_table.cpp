#include "dnsserver/index_table.h"

#include <bit>
#include <cassert>
#include <cstring>
#include <new>

namespace dnsserver {

IndexEntry* IndexEntry::make(BytesView name, size_t apex_labels, std::optional<BytesView> node,
                             uint32_t children) {
  const BytesView octets = node.value_or(BytesView());
  void* memory = ::operator new(sizeof(IndexEntry) + name.size() + octets.size());
  auto* entry = new (memory) IndexEntry{.children = children,
                                        .node_size = uint32_t(octets.size()),
                                        .name_size = uint8_t(name.size()),
                                        .apex_labels = uint8_t(apex_labels),
                                        .has_node = node.has_value()};
  char* to = reinterpret_cast<char*>(entry + 1);
  std::memcpy(to, name.data(), name.size());
  if (!octets.empty()) std::memcpy(to + name.size(), octets.data(), octets.size());
  return entry;
}

void IndexEntry::free(void* entry) { ::operator delete(entry); }

size_t IndexEntry::size_of(const IndexEntry& entry) {
  return sizeof(IndexEntry) + entry.name_size + entry.node_size;
}

IndexTable::IndexTable(size_t capacity)
    : mask_(capacity - 1), slots_(std::make_unique<std::atomic<uint64_t>[]>(capacity)) {
  assert(std::has_single_bit(capacity));
}

IndexEntry* IndexTable::find(BytesView name, uint64_t hash, size_t apex_labels) const {
  const uint64_t tag = tag_of(hash);
  for (size_t at = start_of(hash, apex_labels);; ++at) {
    const uint64_t slot = slots_[at & mask_].load(std::memory_order_acquire);
    if (slot == kFree) return nullptr;
    if (slot >> kAddressBits << kAddressBits != tag) continue;
    IndexEntry* const entry = entry_of(slot);
    if (entry->apex_labels == apex_labels && entry->name() == name) return entry;
  }
}

void IndexTable::insert(IndexEntry* entry, uint64_t hash) {
  assert(used_ < mask_);
  size_t at = start_of(hash, entry->apex_labels) & mask_;
  while (slots_[at].load(std::memory_order_relaxed) > kRemoved)
    at = (at + 1) & mask_;
  if (slots_[at].load(std::memory_order_relaxed) == kFree) ++used_;
  slots_[at].store(slot_of(entry, hash), std::memory_order_release);
}

void IndexTable::replace(const IndexEntry* old, IndexEntry* entry, uint64_t hash) {
  slots_[slot_with(old, hash)].store(slot_of(entry, hash), std::memory_order_release);
}

// A search goes on behind the slot only if there is something behind it.
void IndexTable::remove(const IndexEntry* old, uint64_t hash) {
  size_t at = slot_with(old, hash);
  slots_[at].store(kRemoved, std::memory_order_release);
  if (slots_[(at + 1) & mask_].load(std::memory_order_relaxed) != kFree) return;
  for (; slots_[at].load(std::memory_order_relaxed) == kRemoved; at = (at - 1) & mask_) {
    slots_[at].store(kFree, std::memory_order_release);
    --used_;
  }
}

uint64_t IndexTable::slot_of(const IndexEntry* entry, uint64_t hash) {
  const auto address = reinterpret_cast<uint64_t>(entry);
  assert(address >> kAddressBits == 0);
  return tag_of(hash) | address;
}

size_t IndexTable::slot_with(const IndexEntry* entry, uint64_t hash) const {
  const uint64_t slot = slot_of(entry, hash);
  size_t at = start_of(hash, entry->apex_labels) & mask_;
  while (slots_[at].load(std::memory_order_relaxed) != slot)
    at = (at + 1) & mask_;
  return at;
}

}  // namespace dnsserver
