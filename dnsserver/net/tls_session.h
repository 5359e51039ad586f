#pragma once

#include <openssl/ssl.h>

#include <span>

#include "base/bytes.h"
#include "base/openssl.h"

namespace dnsserver::net {

using base::Bytes;
using base::BytesView;

// What a record adds to what it holds, at most (RFC 5246 §6.2.3, RFC 8446 §5.2), with its header.
inline constexpr size_t kTlsRecordSizeMax = 5 + 16 * 1024 + 2048;
// A client has said all that a handshake needs in a few KiB, post-quantum key shares included.
inline constexpr size_t kTlsHandshakeSizeMax = 16 * 1024;

// The server's end of a TLS connection (RFC 7858), as a transformation: octets of the peer in, octets of DNS and
// octets for the peer out. No socket, no clock. What is received is bounded by the caller, and nothing of it is
// kept but the beginning of a record.
class TlsSession {
 public:
  // `context` is one of base::new_tls_server(), which the session keeps.
  explicit TlsSession(SSL_CTX* context);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // The handshake is done.
  bool is_established() const { return established_; }
  bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // The peer has said that nothing more comes (close_notify), or what is no TLS, or has passed
  // kTlsHandshakeSizeMax. What came before is good.
  bool has_ended() const { return ended_; }

  // Writes to `plain` what the peer said with `received`, and returns its size. Appends to `out` what has to be
  // sent in turn: the handshake, or why there will be none.
  //
  // REQUIRES: plain.size() >= received.size() + kTlsRecordSizeMax; !has_ended().
  size_t read(BytesView received, std::span<char> plain, Bytes& out);

  // Appends `plain` in records. False: the peer has broken off in the midst of a message of TLS itself, and
  // nothing more can be said to it. REQUIRES: is_established().
  bool write(BytesView plain, Bytes& out);

  // Says that nothing more comes (close_notify), unless that makes no sense.
  void close(Bytes& out);

 private:
  using SslHandle = base::OpensslHandle<SSL, SSL_free>;

  static const BIO_METHOD* bio_method();
  static int bio_read(BIO* bio, char* into, int size);
  static int bio_write(BIO* bio, const char* octets, int size);
  static long bio_control(BIO* bio, int command, long, void*);

  SslHandle ssl_;
  // Only within a call.
  BytesView received_;
  Bytes* out_ = nullptr;

  size_t handshake_size_ = 0;
  bool established_ = false;
  bool ended_ = false;
  bool broken_ = false;
};

}  // namespace dnsserver::net
