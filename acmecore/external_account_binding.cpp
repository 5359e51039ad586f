#include "acmecore/external_account_binding.h"

#include <openssl/crypto.h>

#include <utility>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/jws_parts.h"
#include "base/openssl.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;

namespace {

constexpr std::string_view kHeader = "protected header";

constexpr std::pair<std::string_view, MacAlgorithm> kMacAlgorithms[] = {
    {"HS256", MacAlgorithm::hs256}, {"HS384", MacAlgorithm::hs384}, {"HS512", MacAlgorithm::hs512}};

Result<MacAlgorithm> algorithm_of(const Json& header) {
  TRY(const std::string name, required_string(header, "alg", kHeader));
  for (const auto& [known, algorithm] : kMacAlgorithms) {
    if (known == name) return algorithm;
  }
  return fail(ErrorKind::malformed,
              "\"alg\" is " + in_quotes(name) + ", which is none of HS256, HS384 and HS512");
}

Result<void> check_payload(const base::Bytes& payload, const AccountKey& account_key) {
  const auto json = base::parse_json(payload);
  const auto key = json ? AccountKey::from_jwk(*json) : fail(ErrorKind::malformed, "no JSON");
  if (key && key->spki_der() == account_key.spki_der()) return {};
  return fail(ErrorKind::malformed, "the payload is not the key that signed the request, as a JWK");
}

Result<ExternalAccountBinding> parse(const Json& object, std::string_view url,
                                     const AccountKey& account_key) {
  TRY(JwsParts parts, parse_jws_parts(object));
  ExternalAccountBinding binding;
  TRY(binding.algorithm, algorithm_of(parts.header));
  for (const std::string_view name : {"nonce", "jwk"}) {
    if (parts.header.find(name) != nullptr) {
      return fail(ErrorKind::malformed, "the protected header must not have \"" + std::string(name) + "\"");
    }
  }
  TRY(binding.kid, required_string(parts.header, "kid", kHeader));
  TRY(const std::string signed_url, required_string(parts.header, "url", kHeader));
  if (signed_url != url) {
    return fail(ErrorKind::malformed,
                "\"url\" is " + in_quotes(signed_url) + ", not that of the request around it");
  }
  CHECK(check_payload(parts.payload, account_key));
  binding.mac = std::move(parts.signature);
  binding.signing_input = std::move(parts.signing_input);
  Json::Object shown;
  for (const char* name : {"protected", "payload", "signature"})
    shown.emplace_back(name, *object.find(name));
  binding.object = std::move(shown);
  return binding;
}

base::Bytes mac_of(const ExternalAccountBinding& binding, base::BytesView key) {
  switch (binding.algorithm) {
    case MacAlgorithm::hs256: break;
    case MacAlgorithm::hs384: return base::hmac_sha384(key, binding.signing_input);
    case MacAlgorithm::hs512: return base::hmac_sha512(key, binding.signing_input);
  }
  return base::hmac_sha256(key, binding.signing_input);
}

}  // namespace

Result<ExternalAccountBinding> parse_external_account_binding(const Json& binding, std::string_view url,
                                                              const AccountKey& account_key) {
  auto parsed = parse(binding, url, account_key);
  if (parsed) return parsed;
  return fail(ErrorKind::malformed, "\"externalAccountBinding\": " + parsed.error().detail);
}

bool is_mac_good(const ExternalAccountBinding& binding, base::BytesView mac_key) {
  const base::Bytes expected = mac_of(binding, mac_key);
  return binding.mac.size() == expected.size() &&
         CRYPTO_memcmp(binding.mac.data(), expected.data(), expected.size()) == 0;
}

}  // namespace acmecore
