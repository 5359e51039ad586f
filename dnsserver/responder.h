#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "dnsserver/node_index.h"
#include "dnsserver/rate_limit.h"
#include "dnsserver/respond.h"
#include "dnsserver/zone_table.h"

namespace dnsserver {

// How a server answers.
struct ResponderOptions {
  EdnsPolicy edns = {};
  std::optional<RateLimits> rate_limits = {};  // of responses over UDP
};

// What one thread answers from: the zones, which change under it only between batches of queries, and their nodes.
class Responder {
 public:
  // `nodes` and `zones` outlive it.
  Responder(NodeIndex& nodes, const ZoneTableHolder& zones, ResponderOptions options)
      : zones_(zones), options_(std::move(options)), nodes_(nodes) {
    if (options_.rate_limits) limiter_.emplace(*options_.rate_limits);
  }

  // Before each batch: from here on everything is seen that was published before the call. `now` is the time of
  // all its queries; a second more or less does not matter.
  void refresh(Time now) {
    now_ = now;
    zones_.refresh(table_, generation_);
    nodes_.pass();
  }
  // Before the thread waits for the next batch.
  void park() { nodes_.rest(); }

  // respond() within the rate limits. `client` is the IP address that asks, as in QueryContext.
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
  IndexedNodes nodes_;
};

}  // namespace dnsserver
