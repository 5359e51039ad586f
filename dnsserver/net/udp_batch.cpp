#include "dnsserver/net/udp_batch.h"

#include <algorithm>

#include "dnsserver/net/socket.h"
#include "dnsserver/proxy_header.h"

namespace dnsserver::net {

namespace {

// Answers from the address that was asked and, unless that is a link-local one, by whichever interface the
// routes want.
void let_route(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      auto* asked = reinterpret_cast<in_pktinfo*>(CMSG_DATA(part));
      asked->ipi_ifindex = 0;
    } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      auto* asked = reinterpret_cast<in6_pktinfo*>(CMSG_DATA(part));
      if (!IN6_IS_ADDR_LINKLOCAL(&asked->ipi6_addr)) asked->ipi6_ifindex = 0;
    }
  }
}

}  // namespace

UdpBatch::UdpBatch(const TrustedProxies& proxies, const DoorUse& door, std::shared_ptr<UdpMailbox> late,
                   Tap* tap)
    : proxies_(proxies), door_(door), late_(std::move(late)), tap_(tap) {
  for (size_t i = 0; i < kUdpBatchSize; ++i) {
    in_octets_[i] = {slots_[i].octets.data(), slots_[i].octets.size()};
    in_[i].msg_hdr.msg_name = &slots_[i].peer;
    in_[i].msg_hdr.msg_iov = &in_octets_[i];
    in_[i].msg_hdr.msg_iovlen = 1;
    out_[i].msg_hdr.msg_iov = &out_octets_[i];
    out_[i].msg_hdr.msg_iovlen = 1;
    make_room(i);
  }
}

// The kernel writes over these what it used of them.
void UdpBatch::make_room(size_t slot) {
  in_[slot].msg_hdr.msg_namelen = sizeof slots_[slot].peer;
  in_[slot].msg_hdr.msg_control = slots_[slot].asked.data();
  in_[slot].msg_hdr.msg_controllen = slots_[slot].asked.size();
}

bool UdpBatch::receive(int socket) {
  for (size_t i = 0; i < received_; ++i)
    make_room(i);
  socket_ = socket;
  const int count = recvmmsg(socket, in_.data(), kUdpBatchSize, MSG_DONTWAIT, nullptr);
  received_ = count > 0 ? size_t(count) : 0;
  return received_ > 0;
}

void UdpBatch::respond(Responder& responder, TrafficCounters& counters) {
  answered_ = 0;
  for (size_t i = 0; i < received_; ++i) {
    const auto query = query_in(i, counters);
    if (!query) continue;
    if (tap_) tap_->note_query(*query);
    const Client& client = slots_[i].client;
    const auto way = [&](BytesView message) { return way_of(i, message); };
    const Response response = answer(*query, slots_[i].octets, Transport::udp, client, responder, door_, way);
    counters.count(response);
    // What the door answers later is noted then.
    if (tap_ && !response.for_door) {
      const BytesView octets(slots_[i].octets.data(), response.size);
      tap_->note_response(client, Transport::udp, response.rcode, octets);
    }
    if (response.size > 0) add_response(i, response.size);
  }
}

// Nothing: it came with a header that is none, or without leave.
std::optional<BytesView> UdpBatch::query_in(size_t slot, TrafficCounters& counters) {
  const BytesView datagram(slots_[slot].octets.data(), in_[slot].msg_len);
  slots_[slot].client = client_at(reinterpret_cast<const sockaddr&>(slots_[slot].peer));
  // No proxy and no such beginning: nothing else is looked at.
  if (proxies_.empty() && !begins_as_proxy_header(datagram)) return datagram;
  return without_proxy_header(slot, datagram, counters);
}

std::optional<BytesView> UdpBatch::without_proxy_header(size_t slot, BytesView datagram,
                                                        TrafficCounters& counters) {
  Client& client = slots_[slot].client;
  const bool trusted = is_trusted(proxies_, client.address);
  if (!trusted && !begins_as_proxy_header(datagram)) return datagram;
  const auto header = trusted ? read_proxy_header(datagram) : std::nullopt;
  if (!header) {
    counters.proxy_headers_refused.add(1);
    return std::nullopt;
  }
  client = header->source.value_or(client);
  // To the front, where the response has all the room that it may need.
  char* const octets = slots_[slot].octets.data();
  std::copy(octets + header->size, octets + datagram.size(), octets);
  return datagram.substr(0, datagram.size() - header->size);
}

Way UdpBatch::way_of(size_t slot, BytesView query) {
  msghdr& in = in_[slot].msg_hdr;
  UdpPeer peer{.address = slots_[slot].peer,
               .address_size = in.msg_namelen,
               .socket = socket_,
               .client = slots_[slot].client};
  if (in.msg_controllen > 0) {
    let_route(in);
    peer.asked_size = in.msg_controllen;
    std::copy_n(slots_[slot].asked.begin(), peer.asked_size, peer.asked.begin());
  }
  if (tap_) peer.query = query;
  Way way;
  way.arrival = {
      .transport = Transport::udp, .source = slots_[slot].client.address, .for_updates = door_.for_updates};
  way.later = [late = late_, peer = std::move(peer)](Bytes response) {
    late->post(peer, std::move(response));
  };
  return way;
}

void UdpBatch::add_response(size_t slot, size_t size) {
  out_octets_[answered_] = {slots_[slot].octets.data(), size};
  msghdr& in = in_[slot].msg_hdr;
  msghdr& out = out_[answered_].msg_hdr;
  out.msg_name = in.msg_name;
  out.msg_namelen = in.msg_namelen;
  // Present on wildcard addresses only.
  const bool has_asked = in.msg_controllen > 0;
  if (has_asked) let_route(in);
  out.msg_control = has_asked ? in.msg_control : nullptr;
  out.msg_controllen = in.msg_controllen;
  ++answered_;
}

void UdpBatch::send(int socket, TrafficCounters& counters) {
  for (size_t sent = 0; sent < answered_;) {
    const int count = sendmmsg(socket, out_.data() + sent, unsigned(answered_ - sent), MSG_DONTWAIT);
    if (count > 0) {
      sent += size_t(count);
    } else {
      // The first of them does not go out: no room, no route, or no such peer.
      ++sent;
      counters.unsent.add(1);
    }
  }
}

bool send_late(UdpPeer peer, BytesView response) {
  iovec octets{const_cast<char*>(response.data()), response.size()};
  msghdr message{};
  message.msg_name = &peer.address;
  message.msg_namelen = peer.address_size;
  message.msg_iov = &octets;
  message.msg_iovlen = 1;
  message.msg_control = peer.asked_size > 0 ? peer.asked.data() : nullptr;
  message.msg_controllen = peer.asked_size;
  return sendmsg(peer.socket, &message, MSG_DONTWAIT) >= 0;
}

}  // namespace dnsserver::net
