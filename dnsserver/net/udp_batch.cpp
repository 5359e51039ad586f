#include "dnsserver/net/udp_batch.h"

#include <algorithm>

#include "dnsserver/net/socket.h"

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

UdpBatch::UdpBatch() {
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

void UdpBatch::respond(Responder& responder, TrafficCounters& counters, const DoorUse& door,
                       const std::shared_ptr<UdpMailbox>& late) {
  answered_ = 0;
  for (size_t i = 0; i < received_; ++i) {
    const BytesView query(slots_[i].octets.data(), in_[i].msg_len);
    const BytesView client = address_of(reinterpret_cast<const sockaddr&>(slots_[i].peer));
    const auto way = [&] { return way_of(i, door, late); };
    const Response response = answer(query, slots_[i].octets, Transport::udp, client, responder, door, way);
    counters.count(response);
    if (response.size > 0) add_response(i, response.size);
  }
}

Way UdpBatch::way_of(size_t slot, const DoorUse& door, const std::shared_ptr<UdpMailbox>& late) {
  msghdr& in = in_[slot].msg_hdr;
  UdpPeer peer{.address = slots_[slot].peer, .address_size = in.msg_namelen, .socket = socket_};
  if (in.msg_controllen > 0) {
    let_route(in);
    peer.asked_size = in.msg_controllen;
    std::copy_n(slots_[slot].asked.begin(), peer.asked_size, peer.asked.begin());
  }
  Way way;
  way.arrival.source = ip_address_of(address_of(reinterpret_cast<const sockaddr&>(peer.address)));
  way.arrival.for_updates = door.for_updates;
  way.later = [late, peer](Bytes response) { late->post(peer, std::move(response)); };
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
