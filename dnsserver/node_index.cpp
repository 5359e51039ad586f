#include "dnsserver/node_index.h"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace dnsserver {

namespace {

constexpr size_t kCapacityMin = 1024;
// A change adds at most so many entries: a name of 127 labels with nothing above it.
constexpr size_t kEntriesPerChangeMax = base::kLabelsMax + 1;

// Held names are entries that have this in the place of an apex's labels, and come down from the root.
constexpr size_t kOfNoZone = base::kLabelsMax + 1;

size_t top_of(size_t apex_labels) { return apex_labels == kOfNoZone ? 0 : apex_labels; }

void free_table(void* table) { delete static_cast<IndexTable*>(table); }

}  // namespace

NodeIndex::NodeIndex() : table_(std::make_unique<IndexTable>(kCapacityMin)) { current_ = table_.get(); }

// Nobody reads any more.
NodeIndex::~NodeIndex() { table_->for_each(&IndexEntry::free); }

void NodeIndex::put(const LoweredName& owner, size_t apex_labels, BytesView node) {
  make_room();
  const size_t labels = owner.label_count();
  assert(top_of(apex_labels) <= labels);
  if (IndexEntry* old = entry_at(owner, labels, apex_labels)) {
    return replace(old, IndexEntry::make(owner.wire(), apex_labels, node, old->children), owner.hash(labels));
  }
  // From the apex down, because a reader that comes down from there ends where nothing is.
  if (labels > top_of(apex_labels)) add_child(owner, labels - 1, apex_labels);
  insert(IndexEntry::make(owner.wire(), apex_labels, node, 0), owner.hash(labels));
}

void NodeIndex::erase(const LoweredName& owner, size_t apex_labels) {
  const size_t labels = owner.label_count();
  IndexEntry* old = entry_at(owner, labels, apex_labels);
  if (old == nullptr || !old->has_node) return;
  if (old->children > 0) {
    return replace(old, IndexEntry::make(owner.wire(), apex_labels, std::nullopt, old->children),
                   owner.hash(labels));
  }
  remove(old, owner.hash(labels));
  if (labels > top_of(apex_labels)) remove_child(owner, labels - 1, apex_labels);
}

void NodeIndex::hold(const LoweredName& name) { put(name, kOfNoZone, BytesView()); }

void NodeIndex::release(const LoweredName& name) { erase(name, kOfNoZone); }

// The owner's last `labels` labels have one more name below them.
void NodeIndex::add_child(const LoweredName& owner, size_t labels, size_t apex_labels) {
  if (IndexEntry* parent = entry_at(owner, labels, apex_labels)) {
    ++parent->children;
    return;
  }
  if (labels > top_of(apex_labels)) add_child(owner, labels - 1, apex_labels);
  insert(IndexEntry::make(owner.suffix(labels), apex_labels, std::nullopt, 1), owner.hash(labels));
}

void NodeIndex::remove_child(const LoweredName& owner, size_t labels, size_t apex_labels) {
  IndexEntry* parent = entry_at(owner, labels, apex_labels);
  assert(parent != nullptr && parent->children > 0);
  if (--parent->children > 0 || parent->has_node) return;
  remove(parent, owner.hash(labels));
  if (labels > top_of(apex_labels)) remove_child(owner, labels - 1, apex_labels);
}

void NodeIndex::reclaim() {
  if (retired_.empty()) return;
  // What was retired before this call has the epoch that advance() is about to return, or an earlier one.
  quiescence_.advance();
  const uint64_t passed = quiescence_.passed();
  while (!retired_.empty() && retired_.front().epoch <= passed) {
    unreclaimed_ -= retired_.front().size;
    retired_.pop_front();
  }
}

NodeSource::Found NodeIndex::find(BytesView name, uint64_t hash, size_t apex_labels) const {
  using Kind = NodeSource::Kind;
  const IndexEntry* entry = current_.load(std::memory_order_acquire)->find(name, hash, apex_labels);
  if (entry != nullptr && entry->has_node) return {.kind = Kind::node, .blob = entry->node()};
  if (incomplete_.load(std::memory_order_relaxed)) return {.kind = Kind::broken, .blob = {}};
  return {.kind = entry == nullptr ? Kind::absent : Kind::empty_non_terminal, .blob = {}};
}

IndexEntry* NodeIndex::entry_at(const LoweredName& owner, size_t labels, size_t apex_labels) const {
  return table_->find(owner.suffix(labels), owner.hash(labels), apex_labels);
}

void NodeIndex::insert(IndexEntry* entry, uint64_t hash) {
  table_->insert(entry, hash);
  ++size_;
}

void NodeIndex::replace(IndexEntry* old, IndexEntry* entry, uint64_t hash) {
  table_->replace(old, entry, hash);
  retire(old, &IndexEntry::free, IndexEntry::size_of(*old));
}

void NodeIndex::remove(IndexEntry* old, uint64_t hash) {
  table_->remove(old, hash);
  retire(old, &IndexEntry::free, IndexEntry::size_of(*old));
  --size_;
}

// At most half of the slots are in use, so that a search ends soon. Readers go on in the old table meanwhile.
void NodeIndex::make_room() {
  if ((table_->used() + kEntriesPerChangeMax) * 2 <= table_->capacity()) return;
  auto larger = std::make_unique<IndexTable>(std::bit_ceil((size_ + kEntriesPerChangeMax) * 3));
  LoweredName name;
  table_->for_each([&](IndexEntry* entry) {
    name.read(entry->name(), 0);
    larger->insert(entry, name.hash(name.label_count()));
  });
  current_.store(larger.get(), std::memory_order_release);
  const size_t size = table_->capacity() * sizeof(uint64_t);
  table_.swap(larger);
  retire(larger.release(), &free_table, size);
}

void NodeIndex::retire(void* memory, void (*free)(void*), size_t size) {
  retired_.push_back({{memory, free}, size, quiescence_.epoch() + 1});
  unreclaimed_ += size;
}

NodeSource::Found IndexedNodes::find(const ServedZone& zone, const LoweredName& name, size_t labels) {
  return index_.find(name.suffix(labels), name.hash(labels), zone.label_count);
}

NodeSource::Found IndexedNodes::find_wildcard(const ServedZone& zone, const LoweredName& name,
                                              size_t labels) {
  // It takes the place of a label at least as long, so it has room.
  std::array<char, base::kNameSizeMax> wildcard;
  std::memcpy(wildcard.data(), kWildcardLabel, sizeof kWildcardLabel);
  const BytesView encloser = name.suffix(labels);
  std::memcpy(wildcard.data() + sizeof kWildcardLabel, encloser.data(), encloser.size());
  return index_.find({wildcard.data(), sizeof kWildcardLabel + encloser.size()}, name.wildcard_hash(labels),
                     zone.label_count);
}

std::optional<bool> IndexedNodes::is_held(const LoweredName& name) {
  const Found found = index_.find(name.wire(), name.hash(name.label_count()), kOfNoZone);
  if (found.kind == Kind::broken) return std::nullopt;
  return found.kind != Kind::absent;
}

}  // namespace dnsserver
