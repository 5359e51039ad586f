#pragma once

#include <memory>
#include <string_view>

#include "dnsserver/net/server.h"
#include "dnsserver/node_feed.h"
#include "storage/memory_store.h"

namespace dnsserver::net {

// A server on loopback, with the zone corp.test.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {});

  const Endpoint& endpoint() const { return server_->endpoints().front(); }
  Server& server() { return *server_; }

  // Returns when it is committed.
  void put_txt(std::string_view owner, std::string_view value, size_t count = 1);
  // Returns when it is published.
  void add_zone(std::string_view apex);

 private:
  void commit(storage::Batch batch);

  storage::MemoryStore store_;
  NodeFeed nodes_{store_};
  ZoneTableHolder zones_;
  std::vector<Zone> served_;
  std::unique_ptr<Server> server_;
};

// A query for TXT with this ID.
Bytes txt_query(std::string_view name, uint16_t id);

}  // namespace dnsserver::net
