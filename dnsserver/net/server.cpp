#include "dnsserver/net/server.h"

#include <algorithm>
#include <thread>

namespace dnsserver::net {

namespace {

// One endpoint in both transports: its port is the same in all sockets.
struct Listeners {
  FileDescriptor tcp;
  std::vector<FileDescriptor> udp;  // one a worker
};

// TCP comes first: a second process of ours fails there, where UDP sockets would share the port.
Result<Listeners> open_port(Endpoint endpoint, size_t udp_count) {
  Listeners listeners;
  TRY(listeners.tcp, open_tcp(endpoint));
  endpoint.port = port_of(listeners.tcp);
  for (size_t i = 0; i < udp_count; ++i) {
    TRY(FileDescriptor udp, open_udp(endpoint));
    listeners.udp.push_back(std::move(udp));
  }
  return listeners;
}

Result<Listeners> open_listeners(const Endpoint& endpoint, size_t udp_count) {
  auto listeners = open_port(endpoint, udp_count);
  for (int tries = 1; endpoint.port == 0 && !listeners && tries < kPortTriesMax; ++tries) {
    listeners = open_port(endpoint, udp_count);
  }
  return listeners;
}

// Whose taps come before those of the UDP workers.
enum : size_t { kTcpWorker, kUpdateUdpWorker, kUpdateTcpWorker, kOtherWorkers };

// Whoever is spoofed sees nothing of a TCP connection.
ResponderOptions without_rate_limits(ResponderOptions options) {
  options.rate_limits.reset();
  return options;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, NodeIndex& nodes,
                                              const ZoneTableHolder& zones, Door* door) {
  const unsigned workers =
      options.udp_workers > 0 ? options.udp_workers : std::max(1u, std::thread::hardware_concurrency());
  std::unique_ptr<Server> server(new Server(options.proxies));
  std::vector<TcpListener> tcp;
  std::vector<std::vector<FileDescriptor>> udp(workers);
  for (const Endpoint& endpoint : options.listen) {
    TRY(Listeners listeners, open_listeners(endpoint, workers));
    server->endpoints_.push_back({endpoint.address, port_of(listeners.tcp)});
    tcp.push_back({.socket = std::move(listeners.tcp)});
    for (unsigned i = 0; i < workers; ++i)
      udp[i].push_back(std::move(listeners.udp[i]));
  }
  for (const Endpoint& endpoint : options.listen_tls) {
    TRY(FileDescriptor socket, open_tcp(endpoint));
    server->tls_endpoints_.push_back({endpoint.address, port_of(socket)});
    tcp.push_back({.socket = std::move(socket), .speaks_tls = true});
  }
  CHECK(server->open_tap(options.tap, workers + kOtherWorkers));
  UdpWorker::Options over_udp{
      .proxies = server->proxies_, .responder = options.responder, .door = {.door = door}};
  if (over_udp.responder.rate_limits) over_udp.responder.rate_limits->workers = workers;
  for (unsigned i = 0; i < workers; ++i) {
    over_udp.tap = server->tap(kOtherWorkers + i);
    TRY(auto worker, UdpWorker::start(std::move(udp[i]), over_udp, nodes, zones));
    server->udp_workers_.push_back(std::move(worker));
  }
  TcpWorker::Options over_tcp{.limits = options.tcp,
                              .proxies = server->proxies_,
                              .responder = without_rate_limits(options.responder),
                              .door = {.door = door},
                              .tap = server->tap(kTcpWorker)};
  if (options.tls) {
    TRY(over_tcp.tls, base::new_tls_server(*options.tls, base::AlpnProtocol::dot));
  }
  TRY(server->tcp_worker_, TcpWorker::start(std::move(tcp), std::move(over_tcp), nodes, zones));
  if (!options.update_listen.empty()) CHECK(server->listen_for_updates(options, nodes, zones, door));
  return server;
}

Result<void> Server::open_tap(const TapOptions& options, size_t workers) {
  if (options.is_on()) {
    TRY(tap_writer_, TapWriter::start(options, workers));
  }
  return {};
}

Tap* Server::tap(size_t worker) { return tap_writer_ ? &tap_writer_->tap(worker) : nullptr; }

Result<void> Server::listen_for_updates(const ServerOptions& options, NodeIndex& nodes,
                                        const ZoneTableHolder& zones, Door* door) {
  std::vector<TcpListener> tcp;
  std::vector<FileDescriptor> udp;
  for (const Endpoint& endpoint : options.update_listen) {
    TRY(Listeners listeners, open_listeners(endpoint, 1));
    update_endpoints_.push_back({endpoint.address, port_of(listeners.tcp)});
    tcp.push_back({.socket = std::move(listeners.tcp)});
    udp.push_back(std::move(listeners.udp.front()));
  }
  const DoorUse use{.door = door, .for_updates = true};
  const UdpWorker::Options over_udp{
      .proxies = proxies_, .responder = options.responder, .door = use, .tap = tap(kUpdateUdpWorker)};
  TRY(update_udp_worker_, UdpWorker::start(std::move(udp), over_udp, nodes, zones));
  TcpWorker::Options over_tcp{.limits = options.tcp,
                              .proxies = proxies_,
                              .responder = without_rate_limits(options.responder),
                              .door = use,
                              .tap = tap(kUpdateTcpWorker)};
  TRY(update_tcp_worker_, TcpWorker::start(std::move(tcp), std::move(over_tcp), nodes, zones));
  return {};
}

void Server::reopen_logs() {
  if (tap_writer_) tap_writer_->reopen();
}

Result<void> Server::renew(const base::TlsIdentity& identity) {
  TRY(auto tls, base::new_tls_server(identity, base::AlpnProtocol::dot));
  tcp_worker_->renew(std::move(tls));
  return {};
}

ServerTraffic Server::traffic() const {
  ServerTraffic traffic{.udp = {},
                        .tcp = tcp_worker_->tcp_traffic(),
                        .tls = tcp_worker_->tls_traffic(),
                        .tap = tap_writer_ ? tap_writer_->losses() : TapLosses()};
  for (const auto& worker : udp_workers_)
    traffic.udp += worker->traffic();
  if (update_udp_worker_) {
    traffic.udp += update_udp_worker_->traffic();
    traffic.tcp += update_tcp_worker_->tcp_traffic();
  }
  return traffic;
}

}  // namespace dnsserver::net
