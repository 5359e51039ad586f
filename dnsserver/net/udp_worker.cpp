#include "dnsserver/net/udp_worker.h"

#include "dnsserver/net/coarse_clock.h"
#include "dnsserver/net/thread.h"

namespace dnsserver::net {

Result<std::unique_ptr<UdpWorker>> UdpWorker::start(std::vector<FileDescriptor> sockets,
                                                    const Options& options, NodeIndex& nodes,
                                                    const ZoneTableHolder& zones) {
  TRY(Epoll epoll, Epoll::open());
  TRY(auto late, UdpMailbox::open());
  std::unique_ptr<UdpWorker> worker(
      new UdpWorker(std::move(sockets), options, std::move(epoll), std::move(late)));
  CHECK(worker->epoll_.add(worker->late_->fd(), EPOLLIN, worker->late_.get()));
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
  Responder responder(nodes, zones, options_.responder);
  const auto batch = std::make_unique<UdpBatch>(options_.proxies, options_.door, late_, options_.tap);
  while (!stopping_.load(std::memory_order_relaxed)) {
    bool idle = true;
    if (late_->has_letters()) send_late_responses();
    for (const FileDescriptor& socket : sockets_) {
      if (!batch->receive(socket.get())) continue;
      idle = false;
      responder.refresh(coarse_now());
      batch->respond(responder, counters_);
      batch->send(socket.get(), counters_);
    }
    if (idle) {
      responder.park();
      epoll_.wait(std::nullopt);
    }
  }
}

void UdpWorker::send_late_responses() {
  for (const UdpMailbox::Letter& letter : late_->take()) {
    const Rcode rcode = rcode_in(letter.response);
    counters_.count({.size = letter.response.size(), .rcode = rcode});
    if (options_.tap != nullptr) {
      options_.tap->note_query(letter.to.query);
      options_.tap->note_response(letter.to.client, Transport::udp, rcode, letter.response);
    }
    if (!send_late(letter.to, letter.response)) counters_.unsent.add(1);
  }
}

}  // namespace dnsserver::net
