#include "dnsserver/net/counters.h"

namespace dnsserver::net {

Traffic& Traffic::operator+=(const Traffic& other) {
  for (size_t i = 0; i < kRcodeCount; ++i)
    responses[i] += other.responses[i];
  unanswered += other.unanswered;
  rate_slipped += other.rate_slipped;
  rate_dropped += other.rate_dropped;
  unsent += other.unsent;
  proxy_headers_refused += other.proxy_headers_refused;
  connections_accepted += other.connections_accepted;
  connections_refused += other.connections_refused;
  connections_evicted += other.connections_evicted;
  connections_expired += other.connections_expired;
  connections_unopened += other.connections_unopened;
  connections_open += other.connections_open;
  handshakes += other.handshakes;
  handshakes_resumed += other.handshakes_resumed;
  handshakes_failed += other.handshakes_failed;
  return *this;
}

Traffic TrafficCounters::read() const {
  Traffic traffic;
  for (size_t i = 0; i < kRcodeCount; ++i)
    traffic.responses[i] = responses[i].value();
  traffic.unanswered = unanswered.value();
  traffic.rate_slipped = rate_slipped.value();
  traffic.rate_dropped = rate_dropped.value();
  traffic.unsent = unsent.value();
  traffic.proxy_headers_refused = proxy_headers_refused.value();
  traffic.connections_accepted = connections_accepted.value();
  traffic.connections_refused = connections_refused.value();
  traffic.connections_evicted = connections_evicted.value();
  traffic.connections_expired = connections_expired.value();
  traffic.connections_unopened = connections_unopened.value();
  traffic.connections_open = connections_open.value();
  traffic.handshakes = handshakes.value();
  traffic.handshakes_resumed = handshakes_resumed.value();
  traffic.handshakes_failed = handshakes_failed.value();
  return traffic;
}

}  // namespace dnsserver::net
