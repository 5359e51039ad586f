#pragma once

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "base/error.h"

namespace base::http {

// What a TLS server proves its name with.
struct TlsIdentity {
  std::string chain_pem;  // leaf first
  std::string key_pem;    // secret
};

// A server's settings after BCP 195 (RFC 9325): TLS 1.2 and 1.3, forward secrecy and AEAD only, no
// renegotiation, no compression, no early data; sessions are resumed by tickets. A client that offers ALPN
// must offer http/1.1 (RFC 7301 §3.2).
//
// malformed: the chain or the key cannot be read, or they do not belong together.
Result<boost::asio::ssl::context> tls_server_context(const TlsIdentity& identity);

}  // namespace base::http
