#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "dnsserver/index_table.h"
#include "dnsserver/lowered_name.h"
#include "dnsserver/node_source.h"
#include "dnsserver/quiescence.h"

namespace dnsserver {

// Every node of every zone in memory, the empty non-terminals above, and the names that credentials hold: a look-up
// reads one slot of a hash table and one entry. One thread writes while any number read, and nobody waits for another.
//
// A name may have a node in two zones, at a cut and below it. So what is looked up is a name and how many labels
// the apex of its zone has, which tells the zone.
class NodeIndex {
 public:
  NodeIndex();
  ~NodeIndex();
  NodeIndex(const NodeIndex&) = delete;
  NodeIndex& operator=(const NodeIndex&) = delete;

  // For the one thread that writes. Each look-up that begins after the call sees the change. To erase what is
  // not there is no error. REQUIRES: apex_labels <= owner.label_count().
  void put(const LoweredName& owner, size_t apex_labels, BytesView node);
  void erase(const LoweredName& owner, size_t apex_labels);

  // For the same thread: a credential holds the name (dnsserver/held_names.h), or none does any more.
  void hold(const LoweredName& name);
  void release(const LoweredName& name);

  // For the same thread: frees what was replaced and cannot be read any more. To be called after each commit.
  void reclaim();

  // For the same thread: names, with the empty non-terminals, and octets that wait to be freed.
  size_t size() const { return size_; }
  size_t unreclaimed() const { return unreclaimed_; }

  // From now on, what is not found is broken: not everything could be read into the index.
  void set_incomplete() { incomplete_.store(true, std::memory_order_relaxed); }

 private:
  friend class IndexedNodes;

  // Memory that a reader may still be in, until all have passed `epoch`.
  struct Retired {
    std::unique_ptr<void, void (*)(void*)> memory;
    size_t size;
    uint64_t epoch;
  };

  NodeSource::Found find(BytesView name, uint64_t hash, size_t apex_labels) const;
  IndexEntry* entry_at(const LoweredName& owner, size_t labels, size_t apex_labels) const;
  void add_child(const LoweredName& owner, size_t labels, size_t apex_labels);
  void remove_child(const LoweredName& owner, size_t labels, size_t apex_labels);
  void insert(IndexEntry* entry, uint64_t hash);
  void replace(IndexEntry* old, IndexEntry* entry, uint64_t hash);
  void remove(IndexEntry* old, uint64_t hash);
  void make_room();
  void retire(void* memory, void (*free)(void*), size_t size);

  std::atomic<const IndexTable*> current_;
  std::atomic<bool> incomplete_ = false;
  Quiescence quiescence_;

  // The writer's.
  std::unique_ptr<IndexTable> table_;
  size_t size_ = 0;
  std::deque<Retired> retired_;
  size_t unreclaimed_ = 0;
};

// Looks names up in an index, for one thread. What it finds lives until the thread next passes or rests.
class IndexedNodes final : public NodeSource {
 public:
  explicit IndexedNodes(NodeIndex& index) : index_(index), reader_(index.quiescence_) {}

  // Before each batch of look-ups, and before the thread waits (dnsserver/quiescence.h).
  void pass() { reader_.pass(); }
  void rest() { reader_.rest(); }

  Found find(const ServedZone& zone, const LoweredName& name, size_t labels) override;
  Found find_wildcard(const ServedZone& zone, const LoweredName& name, size_t labels) override;
  std::optional<bool> is_held(const LoweredName& name) override;

 private:
  const NodeIndex& index_;
  Quiescence::Reader reader_;
};

}  // namespace dnsserver
