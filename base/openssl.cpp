#include "base/openssl.h"

#include <openssl/err.h>
#include <openssl/hmac.h>

#include <array>
#include <cassert>

namespace base {

std::string openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no OpenSSL error";
  std::array<char, 256> text;
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

namespace {

// `algorithm` is fetched: OpenSSL looks for EVP_sha256() and its like again at every use, which takes as long as the
// digest of a short text.
std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  assert(algorithm != nullptr);
  std::string digest(size_t(EVP_MD_get_size(algorithm)), '\0');
  const int made = EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                              nullptr, algorithm, nullptr);
  assert(made == 1);
  return digest;
}

std::string hmac(const EVP_MD* algorithm, std::string_view key, std::string_view bytes) {
  assert(algorithm != nullptr);
  std::string mac(size_t(EVP_MD_get_size(algorithm)), '\0');
  const char* const octets =
      key.empty() ? "" : key.data();  // a null pointer is the key of the call before, to OpenSSL
  const auto* made =
      HMAC(algorithm, octets, int(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
           bytes.size(), reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  assert(made != nullptr);
  return mac;
}

const EVP_MD* fetched_sha256() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

const EVP_MD* fetched_sha384() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  return algorithm;
}

const EVP_MD* fetched_sha512() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  return algorithm;
}

}  // namespace

std::string sha256(std::string_view bytes) { return digest(fetched_sha256(), bytes); }
std::string sha384(std::string_view bytes) { return digest(fetched_sha384(), bytes); }
std::string sha512(std::string_view bytes) { return digest(fetched_sha512(), bytes); }

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac(fetched_sha256(), key, bytes);
}

std::string hmac_sha384(std::string_view key, std::string_view bytes) {
  return hmac(fetched_sha384(), key, bytes);
}

std::string hmac_sha512(std::string_view key, std::string_view bytes) {
  return hmac(fetched_sha512(), key, bytes);
}

}  // namespace base
