#pragma once

#include <memory>
#include <span>

#include "dnsserver/node_source.h"
#include "dnsserver/respond.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// What one thread answers from: a snapshot of the zones that moves along between batches of queries.
class Responder {
 public:
  Responder(storage::Store& store, const ZoneTableHolder& zones) : zones_(zones), reader_(store.reader()) {}

  // Before each batch: from here on everything is seen that was committed, and published, before the call.
  void refresh();
  // Before the thread waits for the next batch.
  void park() { reader_->park(); }

  // respond() on the snapshot. REQUIRES: refresh() was called since the last park().
  Response respond(BytesView query, std::span<char> buffer, Transport transport) {
    return dnsserver::respond(query, buffer, transport, *table_, nodes_);
  }

 private:
  const ZoneTableHolder& zones_;
  std::shared_ptr<const ZoneTable> table_;
  uint64_t generation_ = 0;
  std::unique_ptr<storage::Reader> reader_;
  StoredNodes nodes_{*reader_};
};

}  // namespace dnsserver
