#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "dnsserver/node_source.h"
#include "dnsserver/rate_limit.h"
#include "dnsserver/respond.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// How a server answers.
struct ResponderOptions {
  EdnsPolicy edns = {};
  std::optional<RateLimits> rate_limits = {};  // of responses over UDP
};

// What one thread answers from: a snapshot of the zones that moves along between batches of queries.
class Responder {
 public:
  Responder(storage::Store& store, const ZoneTableHolder& zones, ResponderOptions options)
      : zones_(zones), options_(std::move(options)), reader_(store.reader()) {
    if (options_.rate_limits) limiter_.emplace(*options_.rate_limits);
  }

  // Before each batch: from here on everything is seen that was committed, and published, before the call. `now`
  // is the time of all its queries; a second more or less does not matter.
  void refresh(Time now);
  // Before the thread waits for the next batch.
  void park() { reader_->park(); }

  // respond() on the snapshot, within the rate limits. `client` is the IP address that asks, as in QueryContext.
  // REQUIRES: refresh() was called since the last park().
  Response respond(BytesView query, std::span<char> buffer, Transport transport, BytesView client) {
    const QueryContext context{
        .transport = transport, .client = client, .now = now_, .policy = options_.edns};
    const Response response = dnsserver::respond(query, buffer, context, *table_, nodes_);
    if (!limiter_ || transport != Transport::udp) return response;
    return limiter_->limit(response, buffer, client, now_);
  }

 private:
  const ZoneTableHolder& zones_;
  const ResponderOptions options_;
  std::optional<RateLimiter> limiter_;
  Time now_;
  std::shared_ptr<const ZoneTable> table_;
  uint64_t generation_ = 0;
  std::unique_ptr<storage::Reader> reader_;
  StoredNodes nodes_{*reader_};
};

}  // namespace dnsserver
