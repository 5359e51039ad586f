#include "tests/dnsserver/tls_client.h"

#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <csignal>

#include "dnsserver/wire.h"

namespace dnsserver::net {

TlsClient::TlsClient(const Endpoint& server, const TlsClientOptions& options)
    : socket_(server), context_(SSL_CTX_new(TLS_client_method())) {
  // OpenSSL writes without MSG_NOSIGNAL, to servers that may have closed.
  std::signal(SIGPIPE, SIG_IGN);
  if (options.version_max != 0) {
    // OpenSSL offers what is older than TLS 1.2 at this level only.
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), std::min(options.version_max, TLS1_2_VERSION));
    SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
  }
  ssl_.reset(SSL_new(context_.get()));
  if (!options.alpn.empty()) {
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        unsigned(options.alpn.size()));
  }
  if (options.session) SSL_set_session(ssl_.get(), options.session);
  socket_.send(options.before);
  const timeval patience = {kPatienceMs / 1000, 0};
  setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  SSL_set_fd(ssl_.get(), socket_.fd());
  connected_ = SSL_connect(ssl_.get()) == 1;
}

TlsClient::~TlsClient() {
  if (connected_) SSL_shutdown(ssl_.get());
}

std::string TlsClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

std::string TlsClient::peer_name() const {
  const base::X509Handle certificate(SSL_get1_peer_certificate(ssl_.get()));
  char name[128] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof(name));
  return name;
}

void TlsClient::send(BytesView octets) {
  if (connected_) SSL_write(ssl_.get(), octets.data(), int(octets.size()));
}

void TlsClient::send_message(BytesView message) {
  Bytes octets;
  append_u16(octets, uint16_t(message.size()));
  send(octets + Bytes(message));
}

Bytes TlsClient::receive_record() {
  Bytes octets(16 * 1024, '\0');
  const int size = connected_ ? SSL_read(ssl_.get(), octets.data(), int(octets.size())) : 0;
  octets.resize(size_t(std::max(size, 0)));
  return octets;
}

Bytes TlsClient::receive_message() {
  for (;;) {
    const size_t size = received_.size() < 2 ? 0 : u16_at(received_, 0);
    if (received_.size() >= 2 && received_.size() >= 2 + size) {
      const Bytes message = received_.substr(2, size);
      received_.erase(0, 2 + size);
      return message;
    }
    const Bytes more = receive_record();
    if (more.empty()) return "";
    received_ += more;
  }
}

}  // namespace dnsserver::net
