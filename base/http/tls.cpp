#include "base/http/tls.h"

#include <openssl/ssl.h>

#include <array>
#include <string_view>

#include "base/openssl.h"

namespace base::http {

namespace {

namespace ssl = boost::asio::ssl;

// RFC 9325 §4.2, in the order in which a server with AES instructions does best. TLS 1.3 has its own, all
// good.
constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";

// As the wire has it: a length octet before the name.
constexpr std::string_view kAlpnHttp11("\x08http/1.1");

int select_alpn(SSL*, const unsigned char** selected, unsigned char* selected_size,
                const unsigned char* offered, unsigned int offered_size, void*) {
  const int outcome = SSL_select_next_proto(const_cast<unsigned char**>(selected), selected_size,
                                            reinterpret_cast<const unsigned char*>(kAlpnHttp11.data()),
                                            unsigned(kAlpnHttp11.size()), offered, offered_size);
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<void> configure(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection keeps no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  constexpr std::string_view kSessionContext = "assay";
  const bool is_set =
      SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
      SSL_CTX_set_cipher_list(context, kTls12Ciphers) == 1 &&
      SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
      SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                     unsigned(kSessionContext.size())) == 1;
  if (!is_set) return fail(ErrorKind::internal, "OpenSSL refuses our TLS settings: " + openssl_error());
  SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
  return {};
}

}  // namespace

Result<ssl::context> tls_server_context(const TlsIdentity& identity) {
  ssl::context context(ssl::context::tls_server);
  CHECK(configure(context.native_handle()));
  boost::system::error_code error;
  context.use_certificate_chain(boost::asio::buffer(identity.chain_pem), error);
  if (error) return fail(ErrorKind::malformed, "the TLS certificate cannot be read: " + error.message());
  context.use_private_key(boost::asio::buffer(identity.key_pem), ssl::context::pem, error);
  if (error) return fail(ErrorKind::malformed, "the TLS key cannot be used: " + error.message());
  if (SSL_CTX_check_private_key(context.native_handle()) != 1) {
    return fail(ErrorKind::malformed, "the TLS key is not the certificate's: " + openssl_error());
  }
  return context;
}

}  // namespace base::http
