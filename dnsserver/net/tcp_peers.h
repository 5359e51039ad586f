#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <unordered_map>

#include "dnsserver/client.h"
#include "dnsserver/net/counters.h"
#include "dnsserver/net/tcp_connection.h"

namespace dnsserver::net {

struct TcpLimits {
  // A connection without progress for so long is closed (RFC 7766 §6.2.3).
  std::chrono::milliseconds idle{10'000};
  // A PROXY header and a TLS handshake together may take so long.
  std::chrono::milliseconds opening{5'000};
  // One more closes the connection that has been without progress the longest, so that nobody can keep others
  // out by holding connections open.
  size_t connections_max = 1024;
  // Of one IPv4 address or IPv6 /64, which one host has to itself. One more is refused.
  size_t connections_per_address_max = 64;
};

// One connection, and what its worker knows about it.
struct TcpPeer {
  using Clock = std::chrono::steady_clock;

  TcpConnection connection;
  uint64_t id;                // of no other connection of its worker, before or after
  TrafficCounters* counters;  // of its transport
  Clock::time_point since;    // its last progress; its beginning, until it is open
  TcpConnection::Wants wants = TcpConnection::Wants::read;

  // TcpPeers' own.
  Bytes counted_as = {};
  std::list<TcpPeer>* in = nullptr;
  std::list<TcpPeer>::iterator position = {};
};

// All connections of one worker: how many there are, of whom, and which have been idle the longest.
class TcpPeers {
 public:
  using Clock = TcpPeer::Clock;

  // `limits` outlives this.
  explicit TcpPeers(const TcpLimits& limits) : limits_(limits) {}

  size_t size() const { return opening_.size() + open_.size(); }

  // Adds one, which stays where it is until it is removed.
  TcpPeer& add(TcpPeer peer);
  // Has it as many as it may have?
  bool is_full(const base::IpAddress& address) const;
  // Counts it as one of its client's. REQUIRES: not yet counted.
  void count(TcpPeer& peer);
  // It has made progress. Before it is open, there is none.
  void refresh(TcpPeer& peer, Clock::time_point now);
  void remove(TcpPeer& peer);

  // Null: there is none.
  TcpPeer* idlest();
  // One whose time is over at `now`.
  TcpPeer* expired(Clock::time_point now);
  // When expired() will be some.
  std::optional<Clock::time_point> next_expiry() const;

 private:
  const TcpLimits& limits_;
  // In the order of `since`.
  std::list<TcpPeer> opening_;
  std::list<TcpPeer> open_;
  std::unordered_map<Bytes, size_t> counts_;
};

}  // namespace dnsserver::net
