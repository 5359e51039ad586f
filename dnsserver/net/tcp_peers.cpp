#include "dnsserver/net/tcp_peers.h"

#include <algorithm>
#include <cassert>

namespace dnsserver::net {

namespace {

Bytes as_counted(const base::IpAddress& address) {
  constexpr size_t kSubnetSize = 8;
  const auto& octets = address.octets();
  return Bytes(reinterpret_cast<const char*>(octets.data()), address.is_v4() ? octets.size() : kSubnetSize);
}

bool is_open(const TcpPeer& peer) { return peer.connection.channel().phase() == TcpChannel::Phase::open; }

}  // namespace

TcpPeer& TcpPeers::add(TcpPeer peer) {
  std::list<TcpPeer>& list = is_open(peer) ? open_ : opening_;
  list.push_back(std::move(peer));
  TcpPeer& added = list.back();
  added.in = &list;
  added.position = std::prev(list.end());
  return added;
}

bool TcpPeers::is_full(const base::IpAddress& address) const {
  const auto same = counts_.find(as_counted(address));
  return same != counts_.end() && same->second >= limits_.connections_per_address_max;
}

void TcpPeers::count(TcpPeer& peer) {
  assert(peer.counted_as.empty());
  peer.counted_as = as_counted(peer.connection.client().address);
  ++counts_[peer.counted_as];
}

void TcpPeers::refresh(TcpPeer& peer, Clock::time_point now) {
  if (!is_open(peer)) return;
  peer.since = now;
  open_.splice(open_.end(), *peer.in, peer.position);
  peer.in = &open_;
}

void TcpPeers::remove(TcpPeer& peer) {
  if (!peer.counted_as.empty()) {
    const auto same = counts_.find(peer.counted_as);
    if (--same->second == 0) counts_.erase(same);
  }
  peer.in->erase(peer.position);
}

TcpPeer* TcpPeers::idlest() {
  if (opening_.empty()) return open_.empty() ? nullptr : &open_.front();
  if (open_.empty()) return &opening_.front();
  return opening_.front().since < open_.front().since ? &opening_.front() : &open_.front();
}

TcpPeer* TcpPeers::expired(Clock::time_point now) {
  if (!open_.empty() && open_.front().since + limits_.idle <= now) return &open_.front();
  if (!opening_.empty() && opening_.front().since + limits_.opening <= now) return &opening_.front();
  return nullptr;
}

std::optional<TcpPeers::Clock::time_point> TcpPeers::next_expiry() const {
  std::optional<Clock::time_point> next;
  if (!open_.empty()) next = open_.front().since + limits_.idle;
  if (!opening_.empty()) {
    const Clock::time_point opening = opening_.front().since + limits_.opening;
    next = next ? std::min(*next, opening) : opening;
  }
  return next;
}

}  // namespace dnsserver::net
