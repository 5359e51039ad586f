#include "dnsserver/net/tcp_worker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>

#include "dnsserver/net/coarse_clock.h"
#include "dnsserver/net/thread.h"

namespace dnsserver::net {

namespace {

using Phase = TcpChannel::Phase;
using Wants = TcpConnection::Wants;

// Who is waited for can only be gone altogether, which epoll always tells.
uint32_t events_for(Wants wants) {
  if (wants == Wants::wait) return 0;
  return wants == Wants::write ? EPOLLOUT : EPOLLIN;
}

}  // namespace

Result<std::unique_ptr<TcpWorker>> TcpWorker::start(std::vector<TcpListener> listeners, Options options,
                                                    NodeIndex& nodes, const ZoneTableHolder& zones) {
  TRY(Epoll epoll, Epoll::open());
  TRY(auto late, LateResponses::open());
  std::unique_ptr<TcpWorker> worker(
      new TcpWorker(std::move(listeners), std::move(options), std::move(epoll), std::move(late)));
  CHECK(worker->epoll_.add(worker->late_->fd(), EPOLLIN, worker->late_.get()));
  for (TcpListener& listener : worker->listeners_) {
    CHECK(worker->epoll_.add(listener.socket.get(), EPOLLIN, &listener));
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

void TcpWorker::renew(base::SslContextHandle tls) {
  const std::lock_guard lock(renewal_);
  renewed_tls_ = std::move(tls);
}

void TcpWorker::run(NodeIndex& nodes, const ZoneTableHolder& zones) {
  Responder responder(nodes, zones, responder_options_);
  std::vector<TcpListener*> ready;
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
                                         [&](const TcpListener& each) { return &each == event.data.ptr; });
      if (listener != listeners_.end()) {
        ready.push_back(&*listener);
      } else {
        serve(*static_cast<TcpPeer*>(event.data.ptr), responder);
      }
    }
    if (late_->has_letters()) deliver_late_responses();
    close_expired();
    listen_again();
    for (TcpListener* listener : ready)
      accept_from(*listener);
  }
}

void TcpWorker::serve(TcpPeer& peer, Responder& responder) {
  if (peer.wants == Wants::wait) return close(peer);
  const Phase before = peer.connection.channel().phase();
  const Doorway doorway{door_, [&](BytesView query) { return way_of(peer, query); }};
  TcpConnection& connection = peer.connection;
  auto step = peer.wants == Wants::write ? connection.write(buffers_, responder, *peer.counters, doorway)
                                         : connection.read(buffers_, responder, *peer.counters, doorway);
  const bool moved_on = peer.connection.channel().phase() != before;
  if (moved_on && !has_moved_on(peer, before)) return close(peer);
  if (step.wants == Wants::close) {
    if (before == Phase::proxy_header && !moved_on) peer.counters->proxy_headers_refused.add(1);
    if (before == Phase::handshake && !moved_on) peer.counters->handshakes_failed.add(1);
  }
  step.progress |= moved_on;
  follow(peer, step);
}

Way TcpWorker::way_of(const TcpPeer& peer, BytesView query) const {
  const TcpConnection& connection = peer.connection;
  Late to{.id = peer.id, .client = {connection.transport(), connection.client()}, .query = {}};
  if (buffers_.tap != nullptr) to.query = query;
  Way way;
  way.arrival = {.transport = connection.transport(),
                 .source = connection.client().address,
                 .for_updates = door_.for_updates};
  way.later = [late = late_, to = std::move(to)](Bytes response) { late->post(to, std::move(response)); };
  return way;
}

// A connection that was closed meanwhile is not waited for.
void TcpWorker::deliver_late_responses() {
  for (const auto& [to, response] : late_->take()) {
    const Rcode rcode = rcode_in(response);
    if (buffers_.tap != nullptr) {
      buffers_.tap->note_query(to.query);
      buffers_.tap->note_response(to.client.client, to.client.transport, rcode, response);
    }
    const auto found = peers_by_id_.find(to.id);
    if (found == peers_by_id_.end()) {
      (to.client.transport == Transport::tls ? tls_counters_ : tcp_counters_).unsent.add(1);
      continue;
    }
    TcpPeer& peer = *found->second;
    peer.counters->count({.size = response.size(), .rcode = rcode});
    follow(peer, peer.connection.deliver(response, buffers_));
  }
}

void TcpWorker::follow(TcpPeer& peer, const TcpConnection::Step& step) {
  if (step.wants == Wants::close) return close(peer);
  if (step.wants != peer.wants) epoll_.change(peer.connection.channel().fd(), events_for(step.wants), &peer);
  peer.wants = step.wants;
  if (step.progress) peers_.refresh(peer, now_);
}

// False: it may not.
bool TcpWorker::has_moved_on(TcpPeer& peer, Phase before) {
  const TcpChannel& channel = peer.connection.channel();
  if (before == Phase::proxy_header) {
    peer.connection.set_client(channel.source().value_or(peer.connection.client()));
    if (peers_.is_full(peer.connection.client().address)) {
      peer.counters->connections_refused.add(1);
      return false;
    }
    peers_.count(peer);
    return true;
  }
  peer.counters->handshakes.add(1);
  if (channel.is_resumed()) peer.counters->handshakes_resumed.add(1);
  return true;
}

void TcpWorker::accept_from(TcpListener& listener) {
  for (size_t i = 0; i < kAcceptsMax; ++i) {
    sockaddr_storage peer;
    socklen_t size = sizeof peer;
    FileDescriptor socket(accept4(listener.socket.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() < 0) {
      // The kernel says so even where nobody waits. For the first of the line we know that somebody does.
      const bool no_room = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (no_room && i == 0) make_room_for_descriptors();
      return;
    }
    admit(std::move(socket), client_at(reinterpret_cast<const sockaddr&>(peer)), listener);
  }
}

void TcpWorker::admit(FileDescriptor socket, const Client& client, const TcpListener& listener) {
  TrafficCounters& counters = listener.speaks_tls ? tls_counters_ : tcp_counters_;
  const bool proxied = is_trusted(proxies_, client.address);
  if (!proxied && peers_.is_full(client.address)) return counters.connections_refused.add(1);
  if (peers_.size() >= limits_.connections_max) evict();
  // A response is whole when it is sent, so there is nothing to wait for.
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  TcpChannel channel(std::move(socket), {.proxied = proxied, .tls = listener.speaks_tls ? tls() : nullptr});
  const StreamClient from{.transport = listener.speaks_tls ? Transport::tls : Transport::tcp,
                          .client = client};
  TcpPeer& peer = peers_.add({.connection = TcpConnection(std::move(channel), from),
                              .id = ++last_id_,
                              .counters = &counters,
                              .since = now_});
  peers_by_id_[peer.id] = &peer;
  counters.connections_open.add(1);
  if (!proxied) peers_.count(peer);
  if (!epoll_.add(peer.connection.channel().fd(), EPOLLIN, &peer)) return close(peer);
  counters.connections_accepted.add(1);
}

SSL_CTX* TcpWorker::tls() {
  {
    const std::lock_guard lock(renewal_);
    if (renewed_tls_) {
      tls_ = std::move(renewed_tls_);
      ticket_key_until_ = now_ + kTicketKeyLifetime;
    }
  }
  if (now_ >= ticket_key_until_) {
    base::renew_ticket_key(tls_.get());
    ticket_key_until_ = now_ + kTicketKeyLifetime;
  }
  return tls_.get();
}

void TcpWorker::evict() {
  TcpPeer& idlest = *peers_.idlest();
  idlest.counters->connections_evicted.add(1);
  close(idlest);
}

// Other parts of the process may hold all descriptors. A listener that nobody accepts from stays ready, so
// without a pause this thread would go round and round.
void TcpWorker::make_room_for_descriptors() {
  if (peers_.idlest() != nullptr) return evict();
  paused_until_ = now_ + kAcceptPause;
  for (TcpListener& listener : listeners_)
    epoll_.change(listener.socket.get(), 0, &listener);
}

void TcpWorker::listen_again() {
  if (!paused_until_ || now_ < *paused_until_) return;
  paused_until_.reset();
  for (TcpListener& listener : listeners_)
    epoll_.change(listener.socket.get(), EPOLLIN, &listener);
}

// Closing takes the descriptor out of the epoll by itself.
void TcpWorker::close(TcpPeer& peer) {
  peer.counters->connections_open.set(peer.counters->connections_open.value() - 1);
  peers_by_id_.erase(peer.id);
  peers_.remove(peer);
}

void TcpWorker::close_expired() {
  while (TcpPeer* peer = peers_.expired(now_)) {
    const bool opened = peer->connection.channel().phase() == Phase::open;
    (opened ? peer->counters->connections_expired : peer->counters->connections_unopened).add(1);
    close(*peer);
  }
}

std::optional<std::chrono::milliseconds> TcpWorker::timeout() const {
  std::optional<Clock::time_point> next = peers_.next_expiry();
  if (paused_until_) next = next ? std::min(*next, *paused_until_) : *paused_until_;
  if (!next) return std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now());
  return std::max(wait, std::chrono::milliseconds(0));
}

}  // namespace dnsserver::net
