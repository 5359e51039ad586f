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
  std::unique_ptr<Server> server(new Server);
  std::vector<FileDescriptor> tcp;
  std::vector<std::vector<FileDescriptor>> udp(workers);
  for (const Endpoint& endpoint : options.listen) {
    TRY(Listeners listeners, open_listeners(endpoint, workers));
    server->endpoints_.push_back({endpoint.address, port_of(listeners.tcp)});
    tcp.push_back(std::move(listeners.tcp));
    for (unsigned i = 0; i < workers; ++i)
      udp[i].push_back(std::move(listeners.udp[i]));
  }
  ResponderOptions over_udp = options.responder;
  if (over_udp.rate_limits) over_udp.rate_limits->workers = workers;
  const DoorUse use{.door = door};
  for (auto& sockets : udp) {
    TRY(auto worker, UdpWorker::start(std::move(sockets), over_udp, nodes, zones, use));
    server->udp_workers_.push_back(std::move(worker));
  }
  const ResponderOptions unlimited = without_rate_limits(options.responder);
  TRY(server->tcp_worker_, TcpWorker::start(std::move(tcp), options.tcp, unlimited, nodes, zones, use));
  if (!options.update_listen.empty()) CHECK(server->listen_for_updates(options, nodes, zones, door));
  return server;
}

Result<void> Server::listen_for_updates(const ServerOptions& options, NodeIndex& nodes,
                                        const ZoneTableHolder& zones, Door* door) {
  std::vector<FileDescriptor> tcp;
  std::vector<FileDescriptor> udp;
  for (const Endpoint& endpoint : options.update_listen) {
    TRY(Listeners listeners, open_listeners(endpoint, 1));
    update_endpoints_.push_back({endpoint.address, port_of(listeners.tcp)});
    tcp.push_back(std::move(listeners.tcp));
    udp.push_back(std::move(listeners.udp.front()));
  }
  const DoorUse use{.door = door, .for_updates = true};
  const ResponderOptions unlimited = without_rate_limits(options.responder);
  TRY(update_udp_worker_, UdpWorker::start(std::move(udp), options.responder, nodes, zones, use));
  TRY(update_tcp_worker_, TcpWorker::start(std::move(tcp), options.tcp, unlimited, nodes, zones, use));
  return {};
}

ServerTraffic Server::traffic() const {
  ServerTraffic traffic{.udp = {}, .tcp = tcp_worker_->traffic()};
  for (const auto& worker : udp_workers_)
    traffic.udp += worker->traffic();
  if (update_udp_worker_) {
    traffic.udp += update_udp_worker_->traffic();
    traffic.tcp += update_tcp_worker_->traffic();
  }
  return traffic;
}

}  // namespace dnsserver::net
