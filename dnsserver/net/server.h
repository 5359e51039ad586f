#pragma once

#include <memory>
#include <vector>

#include "dnsserver/net/counters.h"
#include "dnsserver/net/tcp_worker.h"
#include "dnsserver/net/udp_worker.h"

namespace dnsserver::net {

struct ServerOptions {
  // Each is served over UDP and TCP. Port 0 is one that is free in both.
  std::vector<Endpoint> listen;
  unsigned udp_workers = 0;  // 0: one a core
  TcpLimits tcp = {};
  ResponderOptions responder = {};
  // Where every message goes to the door, by both transports (dnsserver/door.h).
  std::vector<Endpoint> update_listen = {};
};

// Traffic by transport, of all workers.
struct ServerTraffic {
  Traffic udp;
  Traffic tcp;
};

// Tries to find a port that is free in both transports.
inline constexpr int kPortTriesMax = 100;

// Answers DNS queries from an index until it is destroyed. Its threads are its own.
class Server {
 public:
  // All endpoints, or none. unavailable: the detail says what is in the way.
  // Without a door, UPDATE and signed queries are answered NOTIMP.
  // REQUIRES: `nodes`, `zones` and `door` outlive the server; there is a door if there is an update listener.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, NodeIndex& nodes,
                                               const ZoneTableHolder& zones, Door* door = nullptr);

  // Where it listens, in the order of the options, with the ports that were chosen.
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  const std::vector<Endpoint>& update_endpoints() const { return update_endpoints_; }

  // For any thread. Counts of one moment need not fit together.
  ServerTraffic traffic() const;

 private:
  Server() = default;

  Result<void> listen_for_updates(const ServerOptions& options, NodeIndex& nodes,
                                  const ZoneTableHolder& zones, Door* door);

  std::vector<Endpoint> endpoints_;
  std::vector<std::unique_ptr<UdpWorker>> udp_workers_;
  std::unique_ptr<TcpWorker> tcp_worker_;
  std::vector<Endpoint> update_endpoints_;
  std::unique_ptr<UdpWorker> update_udp_worker_;  // these two: null without update listeners
  std::unique_ptr<TcpWorker> update_tcp_worker_;
};

}  // namespace dnsserver::net
