#pragma once

#include <openssl/ssl.h>

#include <string>

#include "base/error.h"
#include "base/openssl.h"

namespace base {

using SslContextHandle = OpensslHandle<SSL_CTX, SSL_CTX_free>;

// What a TLS server proves its name with.
struct TlsIdentity {
  std::string chain_pem;  // leaf first
  std::string key_pem;    // secret
};

// What is spoken inside (RFC 7301 §6): "http/1.1" and "dot".
enum class AlpnProtocol { http11, dot };

// A server's settings after BCP 195 (RFC 9325): TLS 1.2 and 1.3, forward secrecy and AEAD only, no
// renegotiation, no compression, no early data; sessions are resumed by tickets and kept nowhere. A client that
// offers ALPN must offer `protocol` (RFC 7301 §3.2); one that does not is served.
//
// malformed: the chain or the key cannot be read, or they do not belong together.
Result<SslContextHandle> new_tls_server(const TlsIdentity& identity, AlpnProtocol protocol);

// From now on tickets are under a new key, and those under an older one are worth nothing: their sessions begin
// anew. Without it, who finds the one key can read all sessions that it protected (RFC 9325 §3.4).
// REQUIRES: nobody else uses `context` meanwhile.
void renew_ticket_key(SSL_CTX* context);

}  // namespace base
