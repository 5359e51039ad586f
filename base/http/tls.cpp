#include "base/http/tls.h"

namespace base::http {

Result<boost::asio::ssl::context> tls_server_context(const TlsIdentity& identity) {
  TRY(SslContextHandle context, new_tls_server(identity, AlpnProtocol::http11));
  return boost::asio::ssl::context(context.release());
}

}  // namespace base::http
