#include "base/tls.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <cassert>
#include <string_view>

namespace base {

namespace {

// RFC 9325 §4.2, in the order in which a server with AES instructions does best. TLS 1.3 has its own, all
// good.
constexpr const char* kTls12Ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kGroups = "X25519:P-256:P-384";

// As the wire has them: a length octet before the name. In the order of AlpnProtocol.
constexpr std::string_view kAlpnNames[] = {"\x08http/1.1",
                                           "\x03"
                                           "dot"};

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int select_alpn(SSL*, const unsigned char** selected, unsigned char* selected_size,
                const unsigned char* offered, unsigned int offered_size, void* wanted) {
  const auto& name = *static_cast<const std::string_view*>(wanted);
  const int outcome = SSL_select_next_proto(const_cast<unsigned char**>(selected), selected_size,
                                            octets(name), unsigned(name.size()), offered, offered_size);
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<void> configure(SSL_CTX* context, AlpnProtocol protocol) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // An idle connection keeps no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  constexpr std::string_view kSessionContext = "assay";
  const bool is_set =
      SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
      SSL_CTX_set_cipher_list(context, kTls12Ciphers) == 1 &&
      SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
      SSL_CTX_set_session_id_context(context, octets(kSessionContext), unsigned(kSessionContext.size())) == 1;
  if (!is_set) return fail(ErrorKind::internal, "OpenSSL refuses our TLS settings: " + openssl_error());
  SSL_CTX_set_alpn_select_cb(context, select_alpn,
                             const_cast<std::string_view*>(&kAlpnNames[size_t(protocol)]));
  return {};
}

BioHandle bio_of(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), int(text.size())));
}

// Without it OpenSSL asks on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

Result<void> use_chain(SSL_CTX* context, const std::string& pem) {
  const auto unreadable = [] {
    return fail(ErrorKind::malformed, "the TLS certificate cannot be read: " + openssl_error());
  };
  const BioHandle bio = bio_of(pem);
  const X509Handle leaf(PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return unreadable();
  while (X509Handle issuer{PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) return unreadable();
  }
  // So it says that the text has come to its end.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return unreadable();
  ERR_clear_error();
  return {};
}

Result<void> use_key(SSL_CTX* context, const std::string& pem) {
  const BioHandle bio = bio_of(pem);
  const PkeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return fail(ErrorKind::malformed, "the TLS key cannot be used: " + openssl_error());
  // Compared with the certificate here, too.
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return fail(ErrorKind::malformed, "the TLS key is not the certificate's: " + openssl_error());
  }
  return {};
}

}  // namespace

Result<SslContextHandle> new_tls_server(const TlsIdentity& identity, AlpnProtocol protocol) {
  SslContextHandle context(SSL_CTX_new(TLS_server_method()));
  if (!context) return fail(ErrorKind::internal, "OpenSSL makes no TLS server: " + openssl_error());
  CHECK(configure(context.get(), protocol));
  CHECK(use_chain(context.get(), identity.chain_pem));
  CHECK(use_key(context.get(), identity.key_pem));
  return context;
}

void renew_ticket_key(SSL_CTX* context) {
  std::array<unsigned char, 80> key;  // a name, and one key each for MAC and cipher
  assert(SSL_CTX_get_tlsext_ticket_keys(context, nullptr, 0) == long(key.size()));
  const bool renewed = RAND_priv_bytes(key.data(), int(key.size())) == 1 &&
                       SSL_CTX_set_tlsext_ticket_keys(context, key.data(), key.size()) == 1;
  assert(renewed);  // else the system has no random numbers left
  OPENSSL_cleanse(key.data(), key.size());
}

}  // namespace base
