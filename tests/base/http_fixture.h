#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/endpoint.h"
#include "base/http/listener.h"
#include "base/http/tls.h"
#include "base/openssl.h"
#include "tests/support/self_signed.h"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace base::http {

using support::self_signed;

// A response as it came over the wire.
struct Reply {
  unsigned status = 0;  // 0: there was none
  std::string head;
  std::string body;

  // The value of a header field; "" if it is absent.
  std::string header(std::string_view name) const;
};

struct TlsClientOptions {
  std::vector<std::string> alpn = {};
  int version_max = 0;  // 0: the library's
  std::string tls12_ciphers = {};
  ssl_session_st* session = nullptr;  // to resume
};

// A blocking client that says exactly the octets it is told to. It gives up after ten seconds of silence.
class TlsClient {
 public:
  explicit TlsClient(const Endpoint& server, TlsClientOptions options = {});
  ~TlsClient();
  TlsClient(TlsClient&& other) noexcept;

  // False: there is no TLS connection.
  bool is_connected() const { return is_connected_; }
  std::string alpn() const;
  std::string version() const;
  std::string peer_name() const;  // the CN of the server's certificate
  bool was_resumed() const;
  // Of this connection, once something has been read. The caller frees it.
  ssl_session_st* take_session();

  void send(std::string_view octets);
  // The next response; of the answer to HEAD, `has_body` is false.
  Reply read_reply(bool has_body = true);
  // True once the server has ended the connection, and has sent nothing more.
  bool is_at_end();
  // Ends what this side sends, without a word.
  void abort();

 private:
  bool read_more();

  int socket_ = -1;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  bool is_connected_ = false;
  std::string received_;
};

// The same without TLS.
class RawClient {
 public:
  explicit RawClient(const Endpoint& server);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view octets);
  bool is_at_end();

 private:
  const int socket_;
};

// An io_context on two threads, and a listener on it.
class ListenerFixture {
 public:
  ListenerFixture(Handler handler, HttpLimits limits = {}, Refusal refusal = plain_refusal);
  ~ListenerFixture();

  Listener& listener() { return *listener_; }
  const Endpoint& endpoint() const { return listener_->endpoints().front(); }
  boost::asio::io_context& context() { return context_; }
  TlsClient client(TlsClientOptions options = {}) { return TlsClient(endpoint(), std::move(options)); }
  // Listener::drain(), waited for.
  void drain();
  // Ends the threads, whatever is going on.
  void stop();

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::thread> threads_;
};

// "GET /path HTTP/1.1" with what has to be there.
std::string get(std::string_view path);
std::string post(std::string_view path, std::string_view body);

// Answers with method, target and body, one a line.
Task<Response> echo(Request request);

}  // namespace base::http
