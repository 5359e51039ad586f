#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "dnsserver/net/counters.h"
#include "dnsserver/net/epoll.h"
#include "dnsserver/net/udp_batch.h"
#include "dnsserver/responder.h"

namespace dnsserver::net {

// Answers over UDP: one thread with sockets and counters of its own, so workers share nothing that they
// change.
class UdpWorker {
 public:
  struct Options {
    const TrustedProxies& proxies;
    ResponderOptions responder = {};
    DoorUse door = {};
    Tap* tap = nullptr;  // this worker's; null: nothing is noted
  };

  // Answers at sockets of open_udp() until it is destroyed. unavailable: no thread or descriptor is left.
  static Result<std::unique_ptr<UdpWorker>> start(std::vector<FileDescriptor> sockets, const Options& options,
                                                  NodeIndex& nodes, const ZoneTableHolder& zones);
  ~UdpWorker();

  // For any thread.
  Traffic traffic() const { return counters_.read(); }

 private:
  UdpWorker(std::vector<FileDescriptor> sockets, const Options& options, Epoll epoll,
            std::shared_ptr<UdpMailbox> late)
      : sockets_(std::move(sockets)), options_(options), epoll_(std::move(epoll)), late_(std::move(late)) {}

  void run(NodeIndex& nodes, const ZoneTableHolder& zones);
  void send_late_responses();

  std::vector<FileDescriptor> sockets_;
  const Options options_;
  Epoll epoll_;
  const std::shared_ptr<UdpMailbox> late_;
  std::atomic<bool> stopping_ = false;
  TrafficCounters counters_;
  std::thread thread_;
};

}  // namespace dnsserver::net
