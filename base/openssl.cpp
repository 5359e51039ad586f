#include "base/openssl.h"

#include <openssl/err.h>

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

}  // namespace

std::string sha256(std::string_view bytes) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest(algorithm, bytes);
}

std::string sha384(std::string_view bytes) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  return digest(algorithm, bytes);
}

std::string sha512(std::string_view bytes) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  return digest(algorithm, bytes);
}

}  // namespace base
