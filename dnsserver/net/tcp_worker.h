#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/tls.h"
#include "dnsserver/net/counters.h"
#include "dnsserver/net/epoll.h"
#include "dnsserver/net/mailbox.h"
#include "dnsserver/net/tcp_peers.h"

namespace dnsserver::net {

// Connections that wait in line are taken this many at a time, and when the process has no descriptors left,
// again after this long.
inline constexpr size_t kAcceptsMax = 64;
inline constexpr std::chrono::milliseconds kAcceptPause{100};

// So long, session tickets are under one key (RFC 9325 §3.4).
inline constexpr std::chrono::hours kTicketKeyLifetime{24};

struct TcpListener {
  FileDescriptor socket;  // of open_tcp()
  bool speaks_tls = false;
};

// Answers over TCP and TLS: one thread for all connections. A few percent of a core answer what UDP could not
// hold.
class TcpWorker {
 public:
  struct Options {
    TcpLimits limits;
    const TrustedProxies& proxies;
    ResponderOptions responder = {};
    DoorUse door = {};
    base::SslContextHandle tls = nullptr;  // of new_tls_server(); there is one if a listener speaks it
    Tap* tap = nullptr;                    // this worker's; null: nothing is noted
  };

  // Accepts at `listeners` until it is destroyed. unavailable: no thread or descriptor is left.
  static Result<std::unique_ptr<TcpWorker>> start(std::vector<TcpListener> listeners, Options options,
                                                  NodeIndex& nodes, const ZoneTableHolder& zones);
  ~TcpWorker();

  // For any thread. TLS connections from now on are of `tls`; those that there are go on.
  void renew(base::SslContextHandle tls);

  // For any thread.
  Traffic tcp_traffic() const { return tcp_counters_.read(); }
  Traffic tls_traffic() const { return tls_counters_.read(); }

 private:
  using Clock = TcpPeer::Clock;

  // What is answered late, and to whom.
  struct Late {
    uint64_t id;  // of the connection
    StreamClient client;
    Bytes query;  // for the tap; empty without one
  };
  using LateResponses = Mailbox<Late>;

  TcpWorker(std::vector<TcpListener> listeners, Options options, Epoll epoll,
            std::shared_ptr<LateResponses> late)
      : limits_(options.limits),
        proxies_(options.proxies),
        responder_options_(std::move(options.responder)),
        door_(options.door),
        listeners_(std::move(listeners)),
        epoll_(std::move(epoll)),
        late_(std::move(late)),
        renewed_tls_(std::move(options.tls)) {
    buffers_.tap = options.tap;
  }

  void run(NodeIndex& nodes, const ZoneTableHolder& zones);
  void serve(TcpPeer& peer, Responder& responder);
  Way way_of(const TcpPeer& peer, BytesView query) const;
  void follow(TcpPeer& peer, const TcpConnection::Step& step);
  void deliver_late_responses();
  bool has_moved_on(TcpPeer& peer, TcpChannel::Phase before);
  void accept_from(TcpListener& listener);
  void admit(FileDescriptor socket, const Client& client, const TcpListener& listener);
  SSL_CTX* tls();
  void evict();
  void make_room_for_descriptors();
  void listen_again();
  void close(TcpPeer& peer);
  void close_expired();
  std::optional<std::chrono::milliseconds> timeout() const;

  const TcpLimits limits_;
  const TrustedProxies& proxies_;
  const ResponderOptions responder_options_;
  const DoorUse door_;
  std::vector<TcpListener> listeners_;
  Epoll epoll_;
  const std::shared_ptr<LateResponses> late_;
  std::atomic<bool> stopping_ = false;
  TrafficCounters tcp_counters_;
  TrafficCounters tls_counters_;

  // Handed over by whoever renews, taken by the thread when it next accepts: far apart, and for a moment.
  std::mutex renewal_;
  base::SslContextHandle renewed_tls_;

  // Only the thread touches what follows.
  base::SslContextHandle tls_;
  Clock::time_point ticket_key_until_;
  TcpBuffers buffers_;
  TcpPeers peers_{limits_};
  std::unordered_map<uint64_t, TcpPeer*> peers_by_id_;
  uint64_t last_id_ = 0;
  std::optional<Clock::time_point> paused_until_;
  Clock::time_point now_;

  std::thread thread_;
};

}  // namespace dnsserver::net
