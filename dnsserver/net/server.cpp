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

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, NodeIndex& nodes,
                                              const ZoneTableHolder& zones) {
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
  for (auto& sockets : udp) {
    TRY(auto worker, UdpWorker::start(std::move(sockets), nodes, zones));
    server->udp_workers_.push_back(std::move(worker));
  }
  TRY(server->tcp_worker_, TcpWorker::start(std::move(tcp), options.tcp, nodes, zones));
  return server;
}

ServerTraffic Server::traffic() const {
  ServerTraffic traffic{.udp = {}, .tcp = tcp_worker_->traffic()};
  for (const auto& worker : udp_workers_)
    traffic.udp += worker->traffic();
  return traffic;
}

}  // namespace dnsserver::net
