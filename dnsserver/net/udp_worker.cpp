#include "dnsserver/net/udp_worker.h"

#include "dnsserver/net/thread.h"
#include "dnsserver/net/udp_batch.h"

namespace dnsserver::net {

Result<std::unique_ptr<UdpWorker>> UdpWorker::start(std::vector<FileDescriptor> sockets, NodeIndex& nodes,
                                                    const ZoneTableHolder& zones) {
  TRY(Epoll epoll, Epoll::open());
  std::unique_ptr<UdpWorker> worker(new UdpWorker(std::move(sockets), std::move(epoll)));
  for (FileDescriptor& socket : worker->sockets_)
    CHECK(worker->epoll_.add(socket.get(), EPOLLIN, &socket));
  TRY(worker->thread_, start_thread("dns-udp", [&nodes, &zones, w = worker.get()] { w->run(nodes, zones); }));
  return worker;
}

UdpWorker::~UdpWorker() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_relaxed);
  epoll_.stop();
  thread_.join();
}

// Under load there is always a next batch, and nothing is called but to receive and to send. Only when all
// sockets are empty does the thread let go of its snapshot and wait.
void UdpWorker::run(NodeIndex& nodes, const ZoneTableHolder& zones) {
  Responder responder(nodes, zones);
  const auto batch = std::make_unique<UdpBatch>();
  while (!stopping_.load(std::memory_order_relaxed)) {
    bool idle = true;
    for (const FileDescriptor& socket : sockets_) {
      if (!batch->receive(socket.get())) continue;
      idle = false;
      responder.refresh();
      batch->respond(responder, counters_);
      batch->send(socket.get(), counters_);
    }
    if (idle) {
      responder.park();
      epoll_.wait(std::nullopt);
    }
  }
}

}  // namespace dnsserver::net
