#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/tls.h"
#include "tests/dnsserver/net_clients.h"

namespace dnsserver::net {

using SslSessionHandle = base::OpensslHandle<SSL_SESSION, SSL_SESSION_free>;

struct TlsClientOptions {
  std::string alpn = {};           // as the wire has it
  int version_max = 0;             // 0: the library's
  SSL_SESSION* session = nullptr;  // to resume
  base::BytesView before = {};     // octets in front of the handshake
};

// A client over TLS that trusts everybody. What takes too long stops the test program, as in net_clients.h.
class TlsClient {
 public:
  explicit TlsClient(const Endpoint& server, const TlsClientOptions& options = {});
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // False: there is no TLS connection.
  bool is_connected() const { return connected_; }
  std::string alpn() const;
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string peer_name() const;  // the CN of the server's certificate
  bool was_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // Of this connection, once something has been read.
  SslSessionHandle take_session() { return SslSessionHandle(SSL_get1_session(ssl_.get())); }

  void send(BytesView octets);
  void send_message(BytesView message);
  // Says that nothing more comes, and goes on reading.
  void close_sending() { SSL_shutdown(ssl_.get()); }
  // What one record holds; empty: the server has closed.
  Bytes receive_record();
  Bytes receive_message();
  // The server has said that nothing more comes (close_notify). REQUIRES: a receive was empty.
  bool was_told_of_the_end() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  TcpClient socket_;
  base::SslContextHandle context_;
  base::OpensslHandle<SSL, SSL_free> ssl_;
  bool connected_ = false;
  Bytes received_;
};

}  // namespace dnsserver::net
