#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/tls.h"
#include "dnsserver/net/counters.h"
#include "dnsserver/net/tap_writer.h"
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
  // Each is served over TLS (RFC 7858), with `tls`, which is there if one is.
  std::vector<Endpoint> listen_tls = {};
  std::optional<base::TlsIdentity> tls = {};
  TrustedProxies proxies = {};
  TapOptions tap = {};
};

// Traffic by transport, of all workers.
struct ServerTraffic {
  Traffic udp;
  Traffic tcp;
  Traffic tls;
  TapLosses tap;
};

// Tries to find a port that is free in both transports.
inline constexpr int kPortTriesMax = 100;

// Answers DNS queries from an index until it is destroyed. Its threads are its own.
class Server {
 public:
  // All endpoints, or none. unavailable: the detail says what is in the way. malformed: of new_tls_server().
  // Without a door, UPDATE and signed queries are answered NOTIMP.
  // REQUIRES: `nodes`, `zones` and `door` outlive the server; there is a door if there is an update listener.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, NodeIndex& nodes,
                                               const ZoneTableHolder& zones, Door* door = nullptr);

  // Where it listens, in the order of the options, with the ports that were chosen.
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  const std::vector<Endpoint>& tls_endpoints() const { return tls_endpoints_; }
  const std::vector<Endpoint>& update_endpoints() const { return update_endpoints_; }

  // For any thread. TLS connections from now on are served with `identity`; those that there are go on.
  // malformed: of new_tls_server(), and nothing changes.
  Result<void> renew(const base::TlsIdentity& identity);

  // For any thread. Query log and dnstap go on in new files, so that the old ones can be put away.
  void reopen_logs();

  // For any thread. Counts of one moment need not fit together.
  ServerTraffic traffic() const;

 private:
  explicit Server(TrustedProxies proxies) : proxies_(std::move(proxies)) {}

  Result<void> open_tap(const TapOptions& options, size_t workers);
  Tap* tap(size_t worker);
  Result<void> listen_for_updates(const ServerOptions& options, NodeIndex& nodes,
                                  const ZoneTableHolder& zones, Door* door);

  const TrustedProxies proxies_;
  std::vector<Endpoint> endpoints_;
  std::vector<Endpoint> tls_endpoints_;
  std::unique_ptr<TapWriter> tap_writer_;  // null: nothing is noted
  std::vector<std::unique_ptr<UdpWorker>> udp_workers_;
  std::unique_ptr<TcpWorker> tcp_worker_;
  std::vector<Endpoint> update_endpoints_;
  std::unique_ptr<UdpWorker> update_udp_worker_;  // these two: null without update listeners
  std::unique_ptr<TcpWorker> update_tcp_worker_;
};

}  // namespace dnsserver::net
