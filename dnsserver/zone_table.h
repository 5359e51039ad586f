#pragma once

#include <atomic>
#include <bitset>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "dnsserver/lowered_name.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// What the answer path knows of a zone without reading the store. The serial is not in it: it moves with
// every change, and is read with the node of the apex.
struct ServedZone {
  Bytes apex;          // lower-case wire form
  size_t label_count;  // of the apex
  Bytes nodes_prefix;  // dnsserver/keys.h
  bool has_cuts;
  bool has_wildcards;
};

// The zones that are served, by apex: an immutable hash table for thousands of zones.
class ZoneTable {
 public:
  ZoneTable() : ZoneTable(std::vector<Zone>{}) {}
  // REQUIRES: no apex twice.
  explicit ZoneTable(const std::vector<Zone>& zones);

  // The zone with the longest apex that `name` is under, or null. Aliases the table.
  const ServedZone* find(const LoweredName& name) const { return find(name, name.label_count()); }
  const ServedZone* find(const Name& name) const { return find(LoweredName(name)); }

  // The same of apexes with at most `labels` labels: the zone that holds a DS RRset is the one above the cut.
  const ServedZone* find(const LoweredName& name, size_t labels) const;

  size_t size() const { return zones_.size(); }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t zone = 0;  // index + 1; 0: free
  };

  void insert(uint32_t zone);
  const ServedZone* find_apex(uint64_t hash, BytesView apex) const;

  std::vector<ServedZone> zones_;
  std::vector<Slot> slots_;
  std::bitset<base::kLabelsMax + 1> label_counts_;  // those that an apex has
  size_t labels_max_ = 0;
};

// Hands the current table to the threads that answer. Thread-safe.
//
// Order matters. Who adds a zone commits it to the store, which puts its nodes into the index, and then publishes;
// who answers takes the table and then looks nodes up: then each zone in the table is in the index.
class ZoneTableHolder {
 public:
  void publish(std::shared_ptr<const ZoneTable> table);

  // Replaces `held` and returns true if something was published since `generation`, which moves along. Start
  // from generation 0. Costs one load when there is nothing new.
  bool refresh(std::shared_ptr<const ZoneTable>& held, uint64_t& generation) const;

 private:
  // Taken only when a table was published: a pointer and its count of owners cannot be read as one otherwise.
  mutable std::mutex mutex_;
  std::shared_ptr<const ZoneTable> table_ = std::make_shared<const ZoneTable>();
  std::atomic<uint64_t> generation_ = 1;
};

}  // namespace dnsserver
