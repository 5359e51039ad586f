#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/http/message.h"
#include "base/http/refused.h"
#include "base/http/request_reader.h"
#include "base/http_limits.h"
#include "base/task.h"

namespace base::http {

// What a connection needs to know about the server it belongs to.
struct Service {
  std::function<Task<Response>(Request)> handler;
  std::function<Response(const Refused&)> refusal;
  HttpLimits limits;
};

// One connection and the requests on it, one after the other. Every deadline of HttpLimits is kept here.
// All of it happens on the executor of its socket.
//
// Shared between its own coroutine, the handler of its timer, and the listener, of which any may be the last.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Without `tls` in the clear. `service` outlives serve().
  Connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls, const Service& service,
             std::string peer);

  // From the handshake, if there is one, to the close.
  Task<> serve();

  boost::asio::any_io_executor executor() { return socket_.get_executor(); }

  // Ends behind the request that is in flight, or at once if there is none.
  void drain();
  // Ends now.
  void abort();

 private:
  enum class Expiry { closes, stops_reading };
  using SteadyTime = std::chrono::steady_clock::time_point;

  static constexpr SteadyTime kNever = SteadyTime::max();

  enum class Phase { handshake, idle, busy, closing };

  Task<bool> handshake();
  Task<bool> exchange();
  Task<RequestReader::Progress> read_request();
  Task<bool> read_some();
  // `behind` comes behind the text.
  Task<bool> write(std::string text, std::string_view behind = {});
  Task<> answer_refusal(Refused refused);
  Task<> close(bool waits_for_peer);

  void expire_in(std::chrono::milliseconds limit, Expiry expiry);
  void expire_never();
  void await_deadline();
  void stop_reading();

  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::steady_timer timer_;
  SteadyTime deadline_ = kNever;
  Expiry expiry_ = Expiry::closes;
  SteadyTime woken_at_ = kNever;  // by the timer; never: it does not run
  const Service& service_;
  const std::string peer_;
  RequestReader reader_;
  std::array<char, 4096> received_;
  Phase phase_ = Phase::handshake;
  bool is_draining_ = false;
  bool has_expired_ = false;  // the deadline of reading
};

}  // namespace base::http
