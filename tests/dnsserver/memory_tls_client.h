#pragma once

#include <openssl/ssl.h>

#include "base/bytes.h"
#include "base/tls.h"

namespace dnsserver::net {

// The client's end of a TLS connection without a socket: octets are carried over by hand.
class MemoryTlsClient {
 public:
  using SessionHandle = base::OpensslHandle<SSL_SESSION, SSL_SESSION_free>;

  // `session`: to resume; null: none.
  explicit MemoryTlsClient(SSL_SESSION* session = nullptr)
      : context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
    if (session != nullptr) SSL_set_session(ssl_.get(), session);
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
  }

  // Goes on with the handshake behind what the server said, and says what is to be sent.
  base::Bytes shake_hands(base::BytesView heard = {}) {
    hear(heard);
    SSL_do_handshake(ssl_.get());
    return said();
  }
  // Once something was opened.
  SessionHandle take_session() { return SessionHandle(SSL_get1_session(ssl_.get())); }
  bool is_established() const { return SSL_is_init_finished(ssl_.get()) == 1; }

  // The records of `plain`.
  base::Bytes seal(base::BytesView plain) {
    SSL_write(ssl_.get(), plain.data(), int(plain.size()));
    return said();
  }
  base::Bytes update_key() {
    SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED);
    SSL_do_handshake(ssl_.get());
    return said();
  }
  base::Bytes close() {
    SSL_shutdown(ssl_.get());
    return said();
  }
  // All that the server said in them.
  base::Bytes open(base::BytesView records) {
    hear(records);
    base::Bytes plain;
    char octets[4096];
    for (int size = 0; (size = SSL_read(ssl_.get(), octets, sizeof octets)) > 0;)
      plain.append(octets, size_t(size));
    return plain;
  }
  bool was_told_of_the_end() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  void hear(base::BytesView octets) {
    if (!octets.empty()) BIO_write(SSL_get_rbio(ssl_.get()), octets.data(), int(octets.size()));
  }
  base::Bytes said() {
    base::Bytes octets(BIO_ctrl_pending(SSL_get_wbio(ssl_.get())), '\0');
    if (!octets.empty()) BIO_read(SSL_get_wbio(ssl_.get()), octets.data(), int(octets.size()));
    return octets;
  }

  base::SslContextHandle context_;
  base::OpensslHandle<SSL, SSL_free> ssl_;
};

}  // namespace dnsserver::net
