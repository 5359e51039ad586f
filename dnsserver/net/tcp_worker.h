#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "dnsserver/net/counters.h"
#include "dnsserver/net/epoll.h"
#include "dnsserver/net/mailbox.h"
#include "dnsserver/net/tcp_connection.h"

namespace dnsserver::net {

struct TcpLimits {
  // A connection without progress for so long is closed (RFC 7766 §6.2.3).
  std::chrono::milliseconds idle{10'000};
  // One more closes the connection that has been without progress the longest, so that nobody can keep others
  // out by holding connections open.
  size_t connections_max = 1024;
  // Of one IPv4 address or IPv6 /64, which one host has to itself. One more is refused.
  size_t connections_per_address_max = 64;
};

// Connections that wait in line are taken this many at a time, and when the process has no descriptors left,
// again after this long.
inline constexpr size_t kAcceptsMax = 64;
inline constexpr std::chrono::milliseconds kAcceptPause{100};

// Answers over TCP: one thread for all connections. A few percent of a core answer what UDP could not hold.
class TcpWorker {
 public:
  // Accepts at sockets of open_tcp() until it is destroyed. unavailable: no thread or descriptor is left.
  static Result<std::unique_ptr<TcpWorker>> start(std::vector<FileDescriptor> listeners,
                                                  const TcpLimits& limits, const ResponderOptions& options,
                                                  NodeIndex& nodes, const ZoneTableHolder& zones,
                                                  const DoorUse& door);
  ~TcpWorker();

  // For any thread.
  Traffic traffic() const { return counters_.read(); }

 private:
  using Clock = std::chrono::steady_clock;

  struct Client {
    TcpConnection connection;
    uint64_t id;  // of no other connection, before or after
    base::IpAddress source;
    Bytes address;  // as the limit counts it
    Clock::time_point last_progress;
    TcpConnection::Wants wants = TcpConnection::Wants::read;
    std::list<Client>::iterator position = {};
  };

  // By the connection's id.
  using LateResponses = Mailbox<uint64_t>;

  TcpWorker(std::vector<FileDescriptor> listeners, const TcpLimits& limits, Epoll epoll, const DoorUse& door,
            std::shared_ptr<LateResponses> late)
      : limits_(limits),
        listeners_(std::move(listeners)),
        epoll_(std::move(epoll)),
        door_(door),
        late_(std::move(late)) {}

  void run(Responder& responder);
  void serve(Client& client, Responder& responder);
  void follow(Client& client, const TcpConnection::Step& step);
  void deliver_late_responses();
  void accept_from(FileDescriptor& listener);
  void admit(FileDescriptor socket, Bytes client);
  void evict();
  void make_room_for_descriptors();
  void listen_again();
  void close(Client& client);
  void close_idle();
  std::optional<std::chrono::milliseconds> timeout() const;

  const TcpLimits limits_;
  std::vector<FileDescriptor> listeners_;
  Epoll epoll_;
  const DoorUse door_;
  const std::shared_ptr<LateResponses> late_;
  std::atomic<bool> stopping_ = false;
  TrafficCounters counters_;

  // Only the thread touches what follows.
  TcpBuffers buffers_;
  std::list<Client> clients_;  // those without progress the longest first
  std::unordered_map<Bytes, size_t> clients_at_;
  std::unordered_map<uint64_t, Client*> clients_by_id_;
  uint64_t last_id_ = 0;
  std::optional<Clock::time_point> paused_until_;
  Clock::time_point now_;

  std::thread thread_;
};

}  // namespace dnsserver::net
