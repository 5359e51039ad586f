#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "dnsserver/response.h"

namespace dnsserver::net {

// What a server has done since it started, over one transport.
struct Traffic {
  std::array<uint64_t, kRcodeCount> responses = {};  // by RCODE
  uint64_t unanswered = 0;                           // messages that get no response
  uint64_t rate_slipped = 0;                         // of the responses: short, because over the rate limit
  uint64_t rate_dropped = 0;                         // no response, because over the rate limit
  uint64_t unsent = 0;                               // responses that the kernel did not take
  uint64_t proxy_headers_refused = 0;                // malformed, missing, or of whom nobody trusts
  uint64_t connections_accepted = 0;                 // TCP and TLS only, as the rest
  uint64_t connections_refused = 0;                  // over the limit of their address
  uint64_t connections_evicted = 0;                  // the idlest, to make room under the total limit
  uint64_t connections_expired = 0;                  // idle for too long
  uint64_t connections_unopened = 0;                 // not through their PROXY header or handshake in time
  uint64_t connections_open = 0;
  uint64_t handshakes = 0;          // of TLS only, as the rest
  uint64_t handshakes_resumed = 0;  // those of a session that there was before
  uint64_t handshakes_failed = 0;

  Traffic& operator+=(const Traffic& other);
};

// A number that one thread changes and any may read. Costs that thread no more than a plain number.
class Counter {
 public:
  void add(uint64_t count) {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  void set(uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

// Traffic while it is counted, by one worker. On cache lines of its own.
struct alignas(64) TrafficCounters {
  std::array<Counter, kRcodeCount> responses;
  Counter unanswered;
  Counter rate_slipped;
  Counter rate_dropped;
  Counter unsent;
  Counter proxy_headers_refused;
  Counter connections_accepted;
  Counter connections_refused;
  Counter connections_evicted;
  Counter connections_expired;
  Counter connections_unopened;
  Counter connections_open;
  Counter handshakes;
  Counter handshakes_resumed;
  Counter handshakes_failed;

  // A response that comes later is counted then.
  void count(const Response& response) {
    if (response.for_door) return;
    if (response.limited == Limited::dropped) return rate_dropped.add(1);
    if (response.limited == Limited::slipped) rate_slipped.add(1);
    (response.size > 0 ? responses[size_t(response.rcode)] : unanswered).add(1);
  }
  Traffic read() const;
};

}  // namespace dnsserver::net
