#include "tests/bench/acme/signer.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

#include "base/base64url.h"

namespace bench {

namespace {

constexpr size_t kCoordinateSize = 32;

void require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL: " + base::openssl_error());
}

std::string coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const base::BignumHandle owned(number);
  std::string octets(kCoordinateSize, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(octets.data()), kCoordinateSize);
  return base::base64url(octets);
}

// r and s behind each other, 32 octets each (RFC 7518 §3.4).
std::string es256(EVP_PKEY* key, std::string_view input) {
  const base::MdContextHandle context(EVP_MD_CTX_new());
  std::array<unsigned char, 128> der;
  size_t size = der.size();
  require(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
          EVP_DigestSign(context.get(), der.data(), &size, base::octets(input), input.size()) == 1);
  const unsigned char* at = der.data();
  const base::EcdsaSignatureHandle signature(d2i_ECDSA_SIG(nullptr, &at, long(size)));
  require(signature != nullptr);
  std::string octets(2 * kCoordinateSize, '\0');
  auto* out = reinterpret_cast<unsigned char*>(octets.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, kCoordinateSize);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + kCoordinateSize, kCoordinateSize);
  return octets;
}

}  // namespace

base::PkeyHandle make_key() {
  base::PkeyHandle key(EVP_EC_gen("P-256"));
  require(key != nullptr);
  return key;
}

std::string jwk(EVP_PKEY* key) {
  return R"({"crv":"P-256","kty":"EC","x":")" + coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" +
         coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y) + "\"}";
}

std::string thumbprint(EVP_PKEY* key) { return base::base64url(base::sha256(jwk(key))); }

std::string csr(EVP_PKEY* key, const std::string& name) {
  const base::X509RequestHandle request(X509_REQ_new());
  require(X509_REQ_set_pubkey(request.get(), key) == 1);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str());
  require(extension != nullptr);
  STACK_OF(X509_EXTENSION)* extensions = sk_X509_EXTENSION_new_null();
  sk_X509_EXTENSION_push(extensions, extension);
  require(X509_REQ_add_extensions(request.get(), extensions) == 1);
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
  require(X509_REQ_sign(request.get(), key, EVP_sha256()) > 0);
  std::string der(size_t(i2d_X509_REQ(request.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509_REQ(request.get(), &out);
  return der;
}

std::string jws(EVP_PKEY* key, std::string_view who, std::string_view nonce, std::string_view url,
                std::string_view payload) {
  const std::string header = R"({"alg":"ES256",)" + std::string(who) + R"(,"nonce":")" + std::string(nonce) +
                             R"(","url":")" + std::string(url) + "\"}";
  const std::string input = base::base64url(header) + "." + base::base64url(payload);
  const size_t dot = input.find('.');
  return R"({"protected":")" + input.substr(0, dot) + R"(","payload":")" + input.substr(dot + 1) +
         R"(","signature":")" + base::base64url(es256(key, input)) + "\"}";
}

}  // namespace bench
