#include "base/http/connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <tuple>

#include "base/http/response_text.h"
#include "base/log.h"

namespace base::http {

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Progress = RequestReader::Progress;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// After an answer that ends the connection, what the client still sends is read and dropped, so that the
// reset for unread octets does not overtake the answer (RFC 9112 §9.6).
constexpr std::chrono::milliseconds kLingerTimeout{1000};
constexpr size_t kLingerSizeMax = 256 * 1024;

Time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}  // namespace

Connection::Connection(Tcp::socket socket, asio::ssl::context* tls, const Service& service, std::string peer)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      service_(service),
      peer_(std::move(peer)),
      reader_(service.limits) {
  if (tls != nullptr) tls_.emplace(socket_, *tls);
}

Task<> Connection::serve() {
  if (co_await handshake()) {
    while (co_await exchange()) {
    }
  }
  boost::system::error_code ignored;
  socket_.close(ignored);
  expire_never();
  timer_.cancel();
}

Task<bool> Connection::handshake() {
  if (!tls_) co_return true;
  expire_in(service_.limits.handshake_timeout, Expiry::closes);
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, kAwait);
  if (error) log::debug("http.handshake.failed", {{"peer", peer_}, {"detail", error.message()}});
  co_return !error;
}

// One request and its answer. False: the connection is over.
Task<bool> Connection::exchange() {
  const Progress progress = co_await read_request();
  if (progress == Progress::idle) {
    co_await close(false);
    co_return false;
  }
  if (progress != Progress::complete) {
    Refused refused = progress == Progress::refused
                          ? reader_.refusal()
                          : Refused{408, "the request is too slow", reader_.target()};
    co_await answer_refusal(std::move(refused));
    co_return false;
  }
  expire_never();  // the handler's time is its own
  Request request = reader_.take();
  request.peer = peer_;
  const bool omits_body = request.method == "HEAD";
  const Response response = co_await service_.handler(std::move(request));
  const bool closes = reader_.wants_close() || is_draining_;
  std::string text = response_text(response, now(), {omits_body, closes});
  const bool has_more = response.shared_body && !omits_body;
  const std::string_view behind = has_more ? std::string_view(*response.shared_body) : std::string_view();
  const bool is_written = co_await write(std::move(text), behind);
  if (is_written && closes) co_await close(true);
  co_return is_written && !closes;
}

// Reads until a request is complete or refused. Anything else is how far it had come when the peer, the
// deadline or drain() ended the reading.
Task<Progress> Connection::read_request() {
  const HttpLimits& limits = service_.limits;
  Progress before = Progress::complete;
  for (;;) {
    const Progress progress = reader_.advance();
    phase_ = progress == Progress::idle ? Phase::idle : Phase::busy;
    if (progress == Progress::complete || progress == Progress::refused) co_return progress;
    if (progress == Progress::idle && is_draining_) co_return progress;
    if (progress == Progress::expects_continue) {
      if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return Progress::idle;
      continue;
    }
    if (progress != before) {
      if (progress == Progress::idle) expire_in(limits.idle_timeout, Expiry::stops_reading);
      if (progress == Progress::in_header) expire_in(limits.header_timeout, Expiry::stops_reading);
      if (progress == Progress::in_body) expire_in(limits.body_timeout, Expiry::stops_reading);
      before = progress;
    }
    if (!co_await read_some()) co_return has_expired_ ? progress : Progress::idle;
  }
}

// False at the end of what the peer sends, or of what is read of it.
Task<bool> Connection::read_some() {
  boost::system::error_code error;
  size_t size = 0;
  if (tls_) {
    std::tie(error, size) = co_await tls_->async_read_some(asio::buffer(received_), kAwait);
  } else {
    std::tie(error, size) = co_await socket_.async_read_some(asio::buffer(received_), kAwait);
  }
  if (error) co_return false;
  reader_.append({received_.data(), size});
  co_return true;
}

Task<bool> Connection::write(std::string text, std::string_view behind) {
  expire_in(service_.limits.write_timeout, Expiry::closes);
  const std::array<asio::const_buffer, 2> octets{asio::buffer(text), asio::buffer(behind)};
  boost::system::error_code error;
  size_t size = 0;
  if (tls_) {
    std::tie(error, size) = co_await asio::async_write(*tls_, octets, kAwait);
  } else {
    std::tie(error, size) = co_await asio::async_write(socket_, octets, kAwait);
  }
  co_return !error;
}

Task<> Connection::answer_refusal(Refused refused) {
  log::debug("http.request.refused",
             {{"peer", peer_}, {"status", refused.status}, {"detail", refused.detail}});
  const Response response = service_.refusal(refused);
  std::string text = response_text(response, now(), {.closes = true});
  if (co_await write(std::move(text))) co_await close(true);
}

// Says goodbye (RFC 8446 §6.1). After an answer, waits a little for the peer to have read it.
Task<> Connection::close(bool waits_for_peer) {
  phase_ = Phase::closing;
  if (!waits_for_peer) stop_reading();
  expire_in(kLingerTimeout, Expiry::closes);
  if (tls_) co_await tls_->async_shutdown(kAwait);
  boost::system::error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  size_t dropped = 0;
  while (waits_for_peer && dropped < kLingerSizeMax) {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(received_), kAwait);
    if (error) break;
    dropped += size;
  }
}

void Connection::drain() {
  is_draining_ = true;
  if (phase_ == Phase::handshake) return abort();
  if (phase_ == Phase::idle) stop_reading();
}

void Connection::abort() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

// Later reads find the end of the stream, and what is written still goes out.
void Connection::stop_reading() {
  boost::system::error_code ignored;
  socket_.shutdown(Tcp::socket::shutdown_receive, ignored);
}

// A timer that runs and ends no later is left alone, and looks at the deadline then: so a request sets none.
void Connection::expire_in(std::chrono::milliseconds limit, Expiry expiry) {
  deadline_ = std::chrono::steady_clock::now() + limit;
  expiry_ = expiry;
  if (deadline_ < woken_at_) await_deadline();
}

void Connection::expire_never() { deadline_ = kNever; }

void Connection::await_deadline() {
  woken_at_ = deadline_;
  timer_.expires_at(deadline_);
  timer_.async_wait([this, self = shared_from_this()](boost::system::error_code error) {
    if (error) return;
    woken_at_ = kNever;
    if (deadline_ == kNever) return;
    if (deadline_ > std::chrono::steady_clock::now()) return await_deadline();
    deadline_ = kNever;
    if (expiry_ == Expiry::closes) return abort();
    has_expired_ = true;
    stop_reading();
  });
}

}  // namespace base::http
