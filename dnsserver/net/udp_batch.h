#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <optional>

#include "dnsserver/client.h"
#include "dnsserver/net/counters.h"
#include "dnsserver/responder.h"
#include "dnsserver/tap.h"

namespace dnsserver::net {

// Datagrams of one receive, and of the send that answers them.
inline constexpr size_t kUdpBatchSize = 64;
// A longer datagram arrives cut, and is answered FORMERR: no query is as long.
inline constexpr size_t kUdpQuerySizeMax = 2048;
static_assert(kUdpQuerySizeMax >= kUdpSizeMax, "each response takes the place of its query");

// As many datagrams as wait at a socket, answered in place and sent back: two system calls for all of them.
class UdpBatch {
 public:
  // `proxies` and `tap` outlive the batch. `tap` is where it notes what it does; null: nowhere.
  UdpBatch(const TrustedProxies& proxies, Tap* tap);

  // Takes what waits at `socket`, without waiting for more. False: nothing does.
  bool receive(int socket);

  void respond(Responder& responder, TrafficCounters& counters);

  // Sends the responses. What the kernel has no room for is dropped, as any datagram may be.
  void send(int socket, TrafficCounters& counters);

 private:
  struct Slot {
    std::array<char, kUdpQuerySizeMax> octets;
    sockaddr_in6 peer;  // a proxy, or the client
    Client client;      // whom a PROXY header says; kept only where there are proxies
    // Room for the larger of the two, in_pktinfo and in6_pktinfo.
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> asked;
  };

  std::optional<BytesView> query_in(size_t slot, TrafficCounters& counters);
  std::optional<BytesView> without_proxy_header(size_t slot, BytesView datagram, TrafficCounters& counters);
  Client client_of(size_t slot) const;
  void make_room(size_t slot);
  void add_response(size_t slot, size_t size);

  const TrustedProxies& proxies_;
  Tap* const tap_;
  std::array<Slot, kUdpBatchSize> slots_;
  std::array<iovec, kUdpBatchSize> in_octets_;
  std::array<iovec, kUdpBatchSize> out_octets_;
  std::array<mmsghdr, kUdpBatchSize> in_ = {};
  std::array<mmsghdr, kUdpBatchSize> out_ = {};
  size_t received_ = 0;
  size_t answered_ = 0;
};

}  // namespace dnsserver::net
