#include "tests/acmecore/jws_fixtures.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cassert>

#include "base/base64url.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Json;

namespace {

EVP_PKEY* generate(const std::string& type) {
  if (type == "RSA") return EVP_RSA_gen(2048);
  if (type == "Ed25519") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return EVP_EC_gen(type.c_str());
}

size_t coordinate_size(const std::string& type) { return type == "P-256" ? 32 : type == "P-384" ? 48 : 66; }

std::string number(EVP_PKEY* key, const char* name, size_t size = 0) {
  BIGNUM* value = nullptr;
  const int ok = EVP_PKEY_get_bn_param(key, name, &value);
  assert(ok == 1);
  const base::BignumHandle owner(value);
  if (size == 0) size = size_t(BN_num_bytes(value));
  Bytes octets(size, '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(octets.data()), int(size));
  return base::base64url(octets);
}

Bytes fixed_size(BytesView der, size_t size) {
  const uint8_t* at = base::octets(der);
  const base::EcdsaSignatureHandle pair(d2i_ECDSA_SIG(nullptr, &at, long(der.size())));
  Bytes octets(2 * size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(octets.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, int(size));
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + size, int(size));
  return octets;
}

JwsDraft draft_with(const ClientKey& key, std::string_view key_member, Json key_value) {
  JwsDraft draft{&key, {}, "{}"};
  draft.header = {{"alg", key.algorithm()},
                  {std::string(key_member), std::move(key_value)},
                  {"nonce", "bm9uY2U"},
                  {"url", kUrl}};
  return draft;
}

}  // namespace

ClientKey::ClientKey(std::string_view type) : type_(type), key_(generate(type_), EVP_PKEY_free) {
  assert(key_);
}

Json ClientKey::jwk() const {
  if (type_ == "RSA") {
    return Json::Object{{"kty", "RSA"}, {"n", number(handle(), "n")}, {"e", number(handle(), "e")}};
  }
  if (type_ == "Ed25519") {
    Bytes x(32, '\0');
    size_t size = x.size();
    EVP_PKEY_get_raw_public_key(handle(), reinterpret_cast<unsigned char*>(x.data()), &size);
    return Json::Object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base::base64url(x)}};
  }
  const size_t size = coordinate_size(type_);
  return Json::Object{{"kty", "EC"},
                      {"crv", type_},
                      {"x", number(handle(), OSSL_PKEY_PARAM_EC_PUB_X, size)},
                      {"y", number(handle(), OSSL_PKEY_PARAM_EC_PUB_Y, size)}};
}

std::string ClientKey::algorithm() const {
  if (type_ == "RSA") return "RS256";
  if (type_ == "Ed25519") return "EdDSA";
  return type_ == "P-256" ? "ES256" : type_ == "P-384" ? "ES384" : "ES512";
}

Bytes ClientKey::sign(BytesView message) const {
  const EVP_MD* digest = type_ == "Ed25519" ? nullptr
                         : type_ == "P-384" ? EVP_sha384()
                         : type_ == "P-521" ? EVP_sha512()
                                            : EVP_sha256();
  const base::MdContextHandle context(EVP_MD_CTX_new());
  size_t size = 1024;
  Bytes signature(size, '\0');
  int ok = EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, handle());
  ok &= EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       base::octets(message), message.size());
  assert(ok == 1);
  signature.resize(size);
  return type_.starts_with("P-") ? fixed_size(signature, coordinate_size(type_)) : signature;
}

JwsDraft jwk_draft(const ClientKey& key) { return draft_with(key, "jwk", key.jwk()); }
JwsDraft kid_draft(const ClientKey& key, std::string_view kid) { return draft_with(key, "kid", kid); }

void set(JwsDraft& draft, std::string_view name, Json value) {
  unset(draft, name);
  draft.header.emplace_back(name, std::move(value));
}

void unset(JwsDraft& draft, std::string_view name) {
  std::erase_if(draft.header, [name](const Json::Member& member) { return member.first == name; });
}

Json::Object signed_members(const JwsDraft& draft) {
  const std::string header = base::base64url(Json(draft.header).text());
  const std::string payload = base::base64url(draft.payload);
  const std::string signature = base::base64url(draft.key->sign(header + '.' + payload));
  return {{"protected", header}, {"payload", payload}, {"signature", signature}};
}

std::string jws(const JwsDraft& draft) { return Json(signed_members(draft)).text(); }

std::string with_member(Json::Object object, std::string_view name, std::optional<Json> value) {
  std::erase_if(object, [name](const Json::Member& member) { return member.first == name; });
  if (value) object.emplace_back(name, *std::move(value));
  return Json(std::move(object)).text();
}

}  // namespace acmecore
