#include "dnsserver/net/tcp_worker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>

#include "dnsserver/net/coarse_clock.h"
#include "dnsserver/net/thread.h"

namespace dnsserver::net {

namespace {

using Wants = TcpConnection::Wants;

// What the limit of connections counts as one: an IPv4 address or an IPv6 /64.
Bytes subnet_of(const Bytes& client) {
  constexpr size_t kSubnetSize = 8;
  return client.substr(0, kSubnetSize);
}

uint32_t events_for(Wants wants) { return wants == Wants::write ? EPOLLOUT : EPOLLIN; }

}  // namespace

Result<std::unique_ptr<TcpWorker>> TcpWorker::start(std::vector<FileDescriptor> listeners,
                                                    const TcpLimits& limits, const ResponderOptions& options,
                                                    NodeIndex& nodes, const ZoneTableHolder& zones,
                                                    const DoorUse& door) {
  TRY(Epoll epoll, Epoll::open());
  TRY(auto late, LateResponses::open());
  std::unique_ptr<TcpWorker> worker(
      new TcpWorker(std::move(listeners), limits, std::move(epoll), door, std::move(late)));
  CHECK(worker->epoll_.add(worker->late_->fd(), EPOLLIN, worker->late_.get()));
  for (FileDescriptor& listener : worker->listeners_) {
    CHECK(worker->epoll_.add(listener.get(), EPOLLIN, &listener));
  }
  auto run = [options, &nodes, &zones, w = worker.get()] {
    Responder responder(nodes, zones, options);
    w->run(responder);
  };
  TRY(worker->thread_, start_thread("dns-tcp", std::move(run)));
  return worker;
}

TcpWorker::~TcpWorker() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_relaxed);
  epoll_.stop();
  thread_.join();
}

void TcpWorker::run(Responder& responder) {
  std::vector<FileDescriptor*> ready;
  while (!stopping_.load(std::memory_order_relaxed)) {
    responder.park();
    const auto events = epoll_.wait(timeout());
    now_ = Clock::now();
    responder.refresh(coarse_now());
    // Whatever closes a connection but its own event comes after all events, which may be of that connection.
    ready.clear();
    for (const epoll_event& event : events) {
      if (event.data.ptr == nullptr || event.data.ptr == late_.get()) continue;
      const auto listener = std::find_if(listeners_.begin(), listeners_.end(),
                                         [&](const FileDescriptor& each) { return &each == event.data.ptr; });
      if (listener != listeners_.end()) {
        ready.push_back(&*listener);
      } else {
        serve(*static_cast<Client*>(event.data.ptr), responder);
      }
    }
    if (late_->has_letters()) deliver_late_responses();
    close_idle();
    listen_again();
    for (FileDescriptor* listener : ready)
      accept_from(*listener);
  }
}

void TcpWorker::serve(Client& client, Responder& responder) {
  const auto way = [&] {
    Way way;
    way.arrival = {.transport = Transport::tcp, .source = client.source, .for_updates = door_.for_updates};
    way.later = [late = late_, id = client.id](Bytes response) { late->post(id, std::move(response)); };
    return way;
  };
  const Doorway doorway{door_, way};
  TcpConnection& connection = client.connection;
  follow(client, client.wants == Wants::write ? connection.write(buffers_, responder, counters_, doorway)
                                              : connection.read(buffers_, responder, counters_, doorway));
}

// A connection that was closed meanwhile is not waited for.
void TcpWorker::deliver_late_responses() {
  for (const LateResponses::Letter& letter : late_->take()) {
    const auto found = clients_by_id_.find(letter.to);
    if (found == clients_by_id_.end()) {
      counters_.unsent.add(1);
      continue;
    }
    counters_.count({.size = letter.response.size(), .rcode = rcode_in(letter.response)});
    follow(*found->second, found->second->connection.deliver(letter.response));
  }
}

void TcpWorker::follow(Client& client, const TcpConnection::Step& step) {
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
    admit(std::move(socket), Bytes(address_of(reinterpret_cast<const sockaddr&>(peer))));
  }
}

void TcpWorker::admit(FileDescriptor socket, Bytes client) {
  const Bytes address = subnet_of(client);
  const auto same = clients_at_.find(address);
  if (same != clients_at_.end() && same->second >= limits_.connections_per_address_max) {
    return counters_.connections_refused.add(1);
  }
  if (clients_.size() >= limits_.connections_max) evict();
  // A response is whole when it is sent, so there is nothing to wait for.
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ++clients_at_[address];
  const base::IpAddress source = ip_address_of(client);
  clients_.push_back({.connection = TcpConnection(std::move(socket), {Transport::tcp, std::move(client)}),
                      .id = ++last_id_,
                      .source = source,
                      .address = address,
                      .last_progress = now_});
  Client& added = clients_.back();
  added.position = std::prev(clients_.end());
  clients_by_id_[added.id] = &added;
  if (!epoll_.add(added.connection.fd(), EPOLLIN, &added)) return close(added);
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
  clients_by_id_.erase(client.id);
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
