#pragma once

#include <memory>
#include <span>

#include "dnsserver/node_index.h"
#include "dnsserver/respond.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// What one thread answers from: the zones, which change under it only between batches of queries, and their nodes.
class Responder {
 public:
  // Both outlive it.
  Responder(NodeIndex& nodes, const ZoneTableHolder& zones) : zones_(zones), nodes_(nodes) {}

  // Before each batch: from here on everything is seen that was published before the call.
  void refresh() {
    zones_.refresh(table_, generation_);
    nodes_.pass();
  }
  // Before the thread waits for the next batch.
  void park() { nodes_.rest(); }

  // REQUIRES: refresh() was called since the last park().
  Response respond(BytesView query, std::span<char> buffer, Transport transport) {
    return dnsserver::respond(query, buffer, transport, *table_, nodes_);
  }

 private:
  const ZoneTableHolder& zones_;
  std::shared_ptr<const ZoneTable> table_;
  uint64_t generation_ = 0;
  IndexedNodes nodes_;
};

}  // namespace dnsserver
