#include "tests/bench/acme/https_session.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct HttpsSession::Connection {
  explicit Connection(std::string name) : host(std::move(name)) {}

  std::string host;
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream{io, tls};
  boost::beast::flat_buffer buffer;
};

HttpsSession::HttpsSession(const std::string& host, const std::string& port, const std::string& ca_file)
    : connection_(std::make_unique<Connection>(host)) {
  // The stream takes its settings from the context when it is made, so it is made again after them.
  connection_->tls.load_verify_file(ca_file);
  connection_->stream = {connection_->io, connection_->tls};
  auto& stream = connection_->stream;
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(host));
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  asio::ip::tcp::resolver resolver(connection_->io);
  asio::connect(stream.next_layer(), resolver.resolve(asio::ip::tcp::v4(), host, port));
  stream.next_layer().set_option(asio::ip::tcp::no_delay(true));
  stream.handshake(asio::ssl::stream_base::client);
}

HttpsSession::~HttpsSession() = default;

HttpAnswer HttpsSession::get(std::string_view target) { return exchange(false, target, ""); }

HttpAnswer HttpsSession::post(std::string_view target, std::string_view body) {
  return exchange(true, target, body);
}

HttpAnswer HttpsSession::exchange(bool is_post, std::string_view target, std::string_view body) {
  http::request<http::string_body> request(is_post ? http::verb::post : http::verb::get,
                                           {target.data(), target.size()}, 11);
  request.set(http::field::host, connection_->host);
  request.set(http::field::user_agent, "assay-bench");
  if (is_post) request.set(http::field::content_type, "application/jose+json");
  request.body() = std::string(body);
  request.prepare_payload();
  http::write(connection_->stream, request);
  http::response<http::string_body> response;
  http::read(connection_->stream, connection_->buffer, response);
  return {int(response.result_int()), response.body(), std::string(response[http::field::location]),
          std::string(response["Replay-Nonce"])};
}

}  // namespace bench
