#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace base {

template <auto free>
struct OpensslDeleter {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};

// Owners of OpenSSL's objects: freed with the handle, null where OpenSSL returned null.
template <class T, auto free>
using OpensslHandle = std::unique_ptr<T, OpensslDeleter<free>>;

using BioHandle = OpensslHandle<BIO, BIO_free_all>;
using BignumHandle = OpensslHandle<BIGNUM, BN_free>;
using CipherContextHandle = OpensslHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using EcdsaSignatureHandle = OpensslHandle<ECDSA_SIG, ECDSA_SIG_free>;
using MdContextHandle = OpensslHandle<EVP_MD_CTX, EVP_MD_CTX_free>;
using PkeyContextHandle = OpensslHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using PkeyHandle = OpensslHandle<EVP_PKEY, EVP_PKEY_free>;
using X509Handle = OpensslHandle<X509, X509_free>;
using X509RequestHandle = OpensslHandle<X509_REQ, X509_REQ_free>;

// What OpenSSL says of the last failure on this thread, and forgets it. For the log, not for the subscriber.
std::string openssl_error();

inline constexpr size_t kSha256Size = 32;

// SHA-256 of `bytes`: kSha256Size octets. And its longer kin.
std::string sha256(std::string_view bytes);
std::string sha384(std::string_view bytes);
std::string sha512(std::string_view bytes);

// HMAC (RFC 2104) of `bytes` by `key`, whole. A MAC that came from outside is compared with CRYPTO_memcmp.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hmac_sha384(std::string_view key, std::string_view bytes);
std::string hmac_sha512(std::string_view key, std::string_view bytes);

}  // namespace base
