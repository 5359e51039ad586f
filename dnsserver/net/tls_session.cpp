#include "dnsserver/net/tls_session.h"

#include <openssl/err.h>

#include <algorithm>
#include <cassert>

namespace dnsserver::net {

// A BIO that copies from what was received and to what is to be sent, and keeps nothing itself.
const BIO_METHOD* TlsSession::bio_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "session");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

TlsSession::TlsSession(SSL_CTX* context) : ssl_(SSL_new(context)) {
  assert(ssl_);
  BIO* bio = BIO_new(bio_method());
  assert(bio);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

int TlsSession::bio_read(BIO* bio, char* into, int size) {
  auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const size_t count = std::min(size_t(size), session.received_.size());
  if (!SSL_is_init_finished(session.ssl_.get())) {
    session.handshake_size_ += count;
    if (session.handshake_size_ > kTlsHandshakeSizeMax) return -1;
  }
  if (count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  session.received_.copy(into, count);
  session.received_.remove_prefix(count);
  return int(count);
}

int TlsSession::bio_write(BIO* bio, const char* octets, int size) {
  auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
  session.out_->append(octets, size_t(size));
  return size;
}

long TlsSession::bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

size_t TlsSession::read(BytesView received, std::span<char> plain, Bytes& out) {
  assert(!ended_ && plain.size() >= received.size() + kTlsRecordSizeMax);
  received_ = received;
  out_ = &out;
  ERR_clear_error();
  size_t size = 0;
  while (!ended_) {
    // Goes on with the handshake first.
    const int count = SSL_read(ssl_.get(), plain.data() + size, int(plain.size() - size));
    established_ = established_ || SSL_is_init_finished(ssl_.get());
    if (count > 0) {
      size += size_t(count);
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), count);
    if (error == SSL_ERROR_WANT_READ) break;
    ended_ = true;
    broken_ = error != SSL_ERROR_ZERO_RETURN;
  }
  ERR_clear_error();
  return size;
}

bool TlsSession::write(BytesView plain, Bytes& out) {
  assert(established_);
  if (broken_) return false;
  if (plain.empty()) return true;
  out_ = &out;
  ERR_clear_error();
  broken_ = SSL_write(ssl_.get(), plain.data(), int(plain.size())) != int(plain.size());
  ended_ = ended_ || broken_;
  ERR_clear_error();
  return !broken_;
}

void TlsSession::close(Bytes& out) {
  if (!established_ || broken_) return;
  out_ = &out;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace dnsserver::net
