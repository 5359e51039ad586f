#include "base/http/listener.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>
#include <set>

#include "base/async/serial_executor.h"
#include "base/http/admission.h"
#include "base/http/connection.h"
#include "base/http/tls.h"
#include "base/log.h"

namespace base::http {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// How long to wait before the next try when no connection can be accepted: no more files, no memory.
constexpr std::chrono::milliseconds kAcceptPause{100};

Result<Tcp::acceptor> open_acceptor(const asio::any_io_executor& executor, const Endpoint& endpoint) {
  const Tcp::endpoint address(asio::ip::make_address(endpoint.address), endpoint.port);
  Tcp::acceptor acceptor(executor);
  boost::system::error_code error;
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && address.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(Tcp::acceptor::max_listen_connections, error);
  if (error) {
    return fail(ErrorKind::unavailable, "cannot listen at " + endpoint.text() + ": " + error.message());
  }
  return acceptor;
}

Endpoint bound_endpoint(const Tcp::acceptor& acceptor) {
  const Tcp::endpoint local = acceptor.local_endpoint();
  return {local.address().to_string(), local.port()};
}

}  // namespace

// The part of a listener that its coroutines share. After start(), everything happens on one strand.
class Listener::Server : public std::enable_shared_from_this<Server> {
 public:
  // `strand` is on `executor`.
  Server(asio::any_io_executor executor, asio::any_io_executor strand, std::optional<asio::ssl::context> tls,
         Service service, std::list<Tcp::acceptor> acceptors)
      : executor_(std::move(executor)),
        strand_(std::move(strand)),
        service_(std::move(service)),
        admission_(service_.limits.connections_max, service_.limits.connections_per_address_max),
        tls_(std::move(tls)),
        acceptors_(std::move(acceptors)),
        all_ended_(strand_) {}

  // Without `tls` in the clear.
  static Result<std::unique_ptr<Listener>> listen(const asio::any_io_executor& executor,
                                                  const std::vector<Endpoint>& endpoints,
                                                  std::optional<asio::ssl::context> tls, Service service);

  const asio::any_io_executor& strand() const { return strand_; }

  void start() {
    for (Tcp::acceptor& acceptor : acceptors_) {
      asio::co_spawn(strand_, accept(shared_from_this(), acceptor), asio::detached);
    }
  }

  void renew(asio::ssl::context tls) { tls_.emplace(std::move(tls)); }

  Task<> drain() {
    stop_accepting();
    for (const auto& connection : connections_)
      on_its_executor(connection, &Connection::drain);
    all_ended_.expires_after(service_.limits.drain_timeout);
    if (!connections_.empty()) co_await all_ended_.async_wait(kAwait);
    abort();
  }

  void abort() {
    stop_accepting();
    for (const auto& connection : connections_)
      on_its_executor(connection, &Connection::abort);
  }

 private:
  using ConnectionHandle = std::shared_ptr<Connection>;

  // `self` keeps the server while it accepts.
  Task<> accept([[maybe_unused]] std::shared_ptr<Server> self, Tcp::acceptor& acceptor) {
    asio::steady_timer pause(strand_);
    while (acceptor.is_open()) {
      auto [error, socket] = co_await acceptor.async_accept(serial_executor(executor_), kAwait);
      if (!error) {
        admit(std::move(socket));
      } else if (error != asio::error::operation_aborted && error != asio::error::connection_aborted) {
        log::warning("http.accept.failed", {{"detail", error.message()}});
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(kAwait);
      }
    }
  }

  void admit(Tcp::socket socket) {
    boost::system::error_code error;
    const Tcp::endpoint remote = socket.remote_endpoint(error);
    if (error || !acceptors_are_open_) return;
    socket.set_option(Tcp::no_delay(true), error);
    const std::string peer = remote.address().to_string();
    if (!admission_.enter(peer)) {
      log::debug("http.connection.refused", {{"peer", peer}});
      return;
    }
    const auto executor = socket.get_executor();
    const auto connection =
        std::make_shared<Connection>(std::move(socket), tls_ ? &*tls_ : nullptr, service_, peer);
    connections_.insert(connection);
    auto ended = [self = shared_from_this(), connection, peer](std::exception_ptr failure) {
      self->forget(connection, peer, failure);
    };
    asio::co_spawn(executor, connection->serve(), asio::bind_executor(strand_, std::move(ended)));
  }

  void forget(const ConnectionHandle& connection, const std::string& peer,
              const std::exception_ptr& failure) {
    if (failure) log::error("http.connection.failed", {{"peer", peer}});
    connections_.erase(connection);
    admission_.leave(peer);
    if (connections_.empty()) all_ended_.cancel();
  }

  void stop_accepting() {
    acceptors_are_open_ = false;
    boost::system::error_code ignored;
    for (Tcp::acceptor& acceptor : acceptors_)
      acceptor.close(ignored);
  }

  static void on_its_executor(const ConnectionHandle& connection, void (Connection::*act)()) {
    asio::post(connection->executor(), [connection, act] { (connection.get()->*act)(); });
  }

  const asio::any_io_executor executor_;
  const asio::any_io_executor strand_;
  const Service service_;
  Admission admission_;
  std::optional<asio::ssl::context> tls_;  // none: in the clear
  std::list<Tcp::acceptor> acceptors_;
  std::set<ConnectionHandle> connections_;
  asio::steady_timer all_ended_;
  bool acceptors_are_open_ = true;
};

Response plain_refusal(const Refused& refused) { return plain_problem(refused.status, refused.detail); }

Result<std::unique_ptr<Listener>> Listener::open(asio::any_io_executor executor,
                                                 const std::vector<Endpoint>& endpoints,
                                                 const TlsIdentity& identity, const HttpLimits& limits,
                                                 Handler handler, Refusal refusal) {
  TRY(auto tls, tls_server_context(identity));
  Service service{std::move(handler), std::move(refusal), limits};
  return Server::listen(executor, endpoints, std::move(tls), std::move(service));
}

Result<std::unique_ptr<Listener>> Listener::open_plain(asio::any_io_executor executor,
                                                       const std::vector<Endpoint>& endpoints,
                                                       const HttpLimits& limits, Handler handler,
                                                       Refusal refusal) {
  Service service{std::move(handler), std::move(refusal), limits};
  return Server::listen(executor, endpoints, std::nullopt, std::move(service));
}

Result<std::unique_ptr<Listener>> Listener::Server::listen(const asio::any_io_executor& executor,
                                                           const std::vector<Endpoint>& endpoints,
                                                           std::optional<asio::ssl::context> tls,
                                                           Service service) {
  const auto strand = serial_executor(executor);
  std::list<Tcp::acceptor> acceptors;
  std::vector<Endpoint> bound;
  for (const Endpoint& endpoint : endpoints) {
    TRY(auto acceptor, open_acceptor(strand, endpoint));
    bound.push_back(bound_endpoint(acceptor));
    acceptors.push_back(std::move(acceptor));
  }
  auto server =
      std::make_shared<Server>(executor, strand, std::move(tls), std::move(service), std::move(acceptors));
  server->start();
  return std::unique_ptr<Listener>(new Listener(std::move(server), std::move(bound)));
}

Listener::Listener(std::shared_ptr<Server> server, std::vector<Endpoint> endpoints)
    : server_(std::move(server)), endpoints_(std::move(endpoints)) {}

Listener::~Listener() {
  asio::post(server_->strand(), [server = server_] { server->abort(); });
}

Result<void> Listener::renew(const TlsIdentity& identity) {
  TRY(auto tls, tls_server_context(identity));
  // A handler that is posted must be copyable, and a context is not.
  auto shared = std::make_shared<asio::ssl::context>(std::move(tls));
  asio::post(server_->strand(), [server = server_, shared] { server->renew(std::move(*shared)); });
  return {};
}

Task<> Listener::drain() {
  co_await asio::co_spawn(server_->strand(), server_->drain(), asio::use_awaitable);
}

}  // namespace base::http
