#include "tests/app/tls_client.h"

#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "base/openssl.h"

namespace app {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

struct Connection {
  Connection(const base::Endpoint& server, const std::string& protocol) {
    const std::string offered = char(protocol.size()) + protocol;  // RFC 7301 §3.1
    const auto* octets = reinterpret_cast<const unsigned char*>(offered.data());
    if (!protocol.empty()) SSL_set_alpn_protos(stream.native_handle(), octets, unsigned(offered.size()));
    stream.next_layer().connect({asio::ip::make_address(server.address), server.port});
    stream.handshake(asio::ssl::stream_base::client);
  }

  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  asio::ssl::stream<asio::ip::tcp::socket> stream{io, tls};
};

}  // namespace

base::Bytes served_certificate(const base::Endpoint& server, const std::string& protocol) {
  Connection connection(server, protocol);
  const base::X509Handle certificate(SSL_get1_peer_certificate(connection.stream.native_handle()));
  base::Bytes der(size_t(i2d_X509(certificate.get(), nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(certificate.get(), &at);
  return der;
}

HttpsResponse ask_https(const base::Endpoint& server, HttpsRequest request) {
  Connection connection(server, "http/1.1");
  request.set(http::field::host, server.text());
  request.prepare_payload();
  http::write(connection.stream, request);
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.skip(request.method() == http::verb::head);
  http::read(connection.stream, buffer, parser);
  return parser.release();
}

}  // namespace app
