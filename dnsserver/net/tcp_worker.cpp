#include "dnsserver/net/tcp_worker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>

#include "dnsserver/net/thread.h"

namespace dnsserver::net {

namespace {

using Wants = TcpConnection::Wants;

Bytes address_of(const sockaddr_storage& peer) {
  constexpr size_t kSubnetSize = 8;
  if (peer.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    return Bytes(reinterpret_cast<const char*>(&v6.sin6_addr), kSubnetSize);
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
  return Bytes(reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr);
}

uint32_t events_for(Wants wants) { return wants == Wants::write ? EPOLLOUT : EPOLLIN; }

}  // namespace

Result<std::unique_ptr<TcpWorker>> TcpWorker::start(std::vector<FileDescriptor> listeners,
                                                    const TcpLimits& limits, NodeIndex& nodes,
                                                    const ZoneTableHolder& zones) {
  TRY(Epoll epoll, Epoll::open());
  std::unique_ptr<TcpWorker> worker(new TcpWorker(std::move(listeners), limits, std::move(epoll)));
  for (FileDescriptor& listener : worker->listeners_) {
    CHECK(worker->epoll_.add(listener.get(), EPOLLIN, &listener));
  }
  TRY(worker->thread_, start_thread("dns-tcp", [&nodes, &zones, w = worker.get()] { w->run(nodes, zones); }));
  return worker;
}

TcpWorker::~TcpWorker() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_relaxed);
  epoll_.stop();
  thread_.join();
}

void TcpWorker::run(NodeIndex& nodes, const ZoneTableHolder& zones) {
  Responder responder(nodes, zones);
  std::vector<FileDescriptor*> ready;
  while (!stopping_.load(std::memory_order_relaxed)) {
    responder.park();
    const auto events = epoll_.wait(timeout());
    now_ = Clock::now();
    responder.refresh();
    // Whatever closes a connection but its own event comes after all events, which may be of that connection.
    ready.clear();
    for (const epoll_event& event : events) {
      if (event.data.ptr == nullptr) continue;
      const auto listener = std::find_if(listeners_.begin(), listeners_.end(),
                                         [&](const FileDescriptor& each) { return &each == event.data.ptr; });
      if (listener != listeners_.end()) {
        ready.push_back(&*listener);
      } else {
        serve(*static_cast<Client*>(event.data.ptr), responder);
      }
    }
    close_idle();
    listen_again();
    for (FileDescriptor* listener : ready)
      accept_from(*listener);
  }
}

void TcpWorker::serve(Client& client, Responder& responder) {
  const auto step = client.wants == Wants::write ? client.connection.write(buffers_, responder, counters_)
                                                 : client.connection.read(buffers_, responder, counters_);
  if (step.wants == Wants::close) return close(client);
  if (step.wants != client.wants) epoll_.change(client.connection.fd(), events_for(step.wants), &client);
  client.wants = step.wants;
  if (!step.progress) return;
  client.last_progress = now_;
  clients_.splice(clients_.end(), clients_, client.position);
}

void TcpWorker::accept_from(FileDescriptor& listener) {
  for (size_t i = 0; i < kAcceptsMax; ++i) {
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    FileDescriptor socket(
        accept4(listener.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() < 0) {
      // The kernel says so even where nobody waits. For the first of the line we know that somebody does.
      const bool no_room = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (no_room && i == 0) make_room_for_descriptors();
      return;
    }
    admit(std::move(socket), address_of(peer));
  }
}

void TcpWorker::admit(FileDescriptor socket, Bytes address) {
  const auto same = clients_at_.find(address);
  if (same != clients_at_.end() && same->second >= limits_.connections_per_address_max) {
    return counters_.connections_refused.add(1);
  }
  if (clients_.size() >= limits_.connections_max) evict();
  // A response is whole when it is sent, so there is nothing to wait for.
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ++clients_at_[address];
  clients_.push_back(
      {.connection = TcpConnection(std::move(socket)), .address = address, .last_progress = now_});
  Client& client = clients_.back();
  client.position = std::prev(clients_.end());
  if (!epoll_.add(client.connection.fd(), EPOLLIN, &client)) return close(client);
  counters_.connections_accepted.add(1);
  counters_.connections_open.set(clients_.size());
}

void TcpWorker::evict() {
  close(clients_.front());
  counters_.connections_evicted.add(1);
}

// Other parts of the process may hold all descriptors. A listener that nobody accepts from stays ready, so
// without a pause this thread would go round and round.
void TcpWorker::make_room_for_descriptors() {
  if (!clients_.empty()) return evict();
  paused_until_ = now_ + kAcceptPause;
  for (FileDescriptor& listener : listeners_)
    epoll_.change(listener.get(), 0, &listener);
}

void TcpWorker::listen_again() {
  if (!paused_until_ || now_ < *paused_until_) return;
  paused_until_.reset();
  for (FileDescriptor& listener : listeners_)
    epoll_.change(listener.get(), EPOLLIN, &listener);
}

// Closing takes the descriptor out of the epoll by itself.
void TcpWorker::close(Client& client) {
  const auto same = clients_at_.find(client.address);
  if (--same->second == 0) clients_at_.erase(same);
  clients_.erase(client.position);
  counters_.connections_open.set(clients_.size());
}

void TcpWorker::close_idle() {
  while (!clients_.empty() && clients_.front().last_progress + limits_.idle <= now_)
    close(clients_.front());
}

std::optional<std::chrono::milliseconds> TcpWorker::timeout() const {
  std::optional<Clock::time_point> next = paused_until_;
  if (!clients_.empty()) {
    const auto idle = clients_.front().last_progress + limits_.idle;
    next = next ? std::min(*next, idle) : idle;
  }
  if (!next) return std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
  return std::max(wait, std::chrono::milliseconds(0));
}

}  // namespace dnsserver::net
