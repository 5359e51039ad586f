#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>

#include "dnsserver/client.h"
#include "dnsserver/net/counters.h"
#include "dnsserver/net/hand_over.h"
#include "dnsserver/net/mailbox.h"
#include "dnsserver/tap.h"

namespace dnsserver::net {

// Datagrams of one receive, and of the send that answers them.
inline constexpr size_t kUdpBatchSize = 64;
// A longer datagram arrives cut, and is answered FORMERR: no query is as long.
inline constexpr size_t kUdpQuerySizeMax = 2048;
static_assert(kUdpQuerySizeMax >= kUdpSizeMax, "each response takes the place of its query");

// Who asked, at which address of ours, and by which socket the response goes out.
struct UdpPeer {
  // Room for the larger of the two, in_pktinfo and in6_pktinfo.
  static constexpr size_t kAskedSize = CMSG_SPACE(sizeof(in6_pktinfo));

  sockaddr_in6 address = {};  // a proxy, or the client
  socklen_t address_size = 0;
  alignas(cmsghdr) std::array<char, kAskedSize> asked = {};
  size_t asked_size = 0;
  int socket = -1;
  Client client = {};
  Bytes query = {};  // for the tap; empty without one
};
using UdpMailbox = Mailbox<UdpPeer>;

// As many datagrams as wait at a socket, answered in place and sent back: two system calls for all of them.
class UdpBatch {
 public:
  // `proxies` and `tap` outlive the batch. What the door answers later goes to `late`. `tap` is where it notes what
  // it does; null: nowhere.
  UdpBatch(const TrustedProxies& proxies, const DoorUse& door, std::shared_ptr<UdpMailbox> late, Tap* tap);

  // Takes what waits at `socket`, without waiting for more. False: nothing does.
  bool receive(int socket);

  void respond(Responder& responder, TrafficCounters& counters);

  // Sends the responses. What the kernel has no room for is dropped, as any datagram may be.
  void send(int socket, TrafficCounters& counters);

 private:
  struct Slot {
    std::array<char, kUdpQuerySizeMax> octets;
    sockaddr_in6 peer;  // a proxy, or the client
    Client client;
    alignas(cmsghdr) std::array<char, UdpPeer::kAskedSize> asked;
  };

  std::optional<BytesView> query_in(size_t slot, TrafficCounters& counters);
  std::optional<BytesView> without_proxy_header(size_t slot, BytesView datagram, TrafficCounters& counters);
  void make_room(size_t slot);
  Way way_of(size_t slot, BytesView query);
  void add_response(size_t slot, size_t size);

  const TrustedProxies& proxies_;
  const DoorUse door_;
  const std::shared_ptr<UdpMailbox> late_;
  Tap* const tap_;
  std::array<Slot, kUdpBatchSize> slots_;
  std::array<iovec, kUdpBatchSize> in_octets_;
  std::array<iovec, kUdpBatchSize> out_octets_;
  std::array<mmsghdr, kUdpBatchSize> in_ = {};
  std::array<mmsghdr, kUdpBatchSize> out_ = {};
  int socket_ = -1;  // that of the last receive()
  size_t received_ = 0;
  size_t answered_ = 0;
};

// Sends one response that came late. False: the kernel did not take it.
bool send_late(UdpPeer peer, BytesView response);

}  // namespace dnsserver::net
