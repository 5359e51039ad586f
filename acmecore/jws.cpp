#include "acmecore/jws.h"

#include <array>
#include <utility>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/ecdsa_numbers.h"
#include "acmecore/jws_parts.h"
#include "base/base64url.h"
#include "base/json.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;

namespace {

// RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2 ("Ed25519" is what "EdDSA" means here).
constexpr std::array<std::string_view, 6> kAlgorithmNames{"ES256", "ES384",   "ES512",
                                                          "EdDSA", "Ed25519", "RS256"};
constexpr std::array<Algorithm, 6> kAlgorithms{Algorithm::es256, Algorithm::es384, Algorithm::es512,
                                               Algorithm::eddsa, Algorithm::eddsa, Algorithm::rs256};

Result<Algorithm> algorithm_of(const Json& header);
Result<std::optional<std::string>> nonce_of(const Json& header);
Result<void> take_key(const Json& header, Jws& jws);
bool fits(Algorithm algorithm, AccountKeyType type);
bool is_signature_good(const Jws& jws, const AccountKey& key);

}  // namespace

std::span<const std::string_view> algorithm_names() { return kAlgorithmNames; }

Result<Jws> parse_jws(std::string_view body) {
  if (body.size() > kJwsSizeMax) {
    return fail(ErrorKind::too_large, "the JWS is longer than " + std::to_string(kJwsSizeMax) + " octets");
  }
  TRY(const Json outer, base::parse_json(body));
  TRY(JwsParts parts, parse_jws_parts(outer));
  Jws jws{};
  TRY(jws.algorithm, algorithm_of(parts.header));
  CHECK(take_key(parts.header, jws));
  TRY(jws.url, required_string(parts.header, "url", "protected header"));
  TRY(jws.nonce, nonce_of(parts.header));
  jws.payload = std::move(parts.payload);
  jws.signature = std::move(parts.signature);
  jws.signing_input = std::move(parts.signing_input);
  return jws;
}

Result<void> check_url(const Jws& jws, std::string_view url) {
  if (jws.url == url) return {};
  return fail(ErrorKind::unauthorized,
              "the JWS was made for " + in_quotes(jws.url) + ", but sent to " + std::string(url));
}

Result<void> verify_signature(const Jws& jws, const AccountKey& key) {
  if (!fits(jws.algorithm, key.type())) {
    return fail(ErrorKind::malformed, "the algorithm of the JWS is not one for this type of key");
  }
  if (is_signature_good(jws, key)) return {};
  base::openssl_error();  // nothing of this may be left for whoever asks next
  return fail(ErrorKind::malformed, "the signature of the JWS is not by this key");
}

namespace {

Result<Algorithm> algorithm_of(const Json& header) {
  TRY(const std::string name, required_string(header, "alg", "protected header"));
  for (size_t i = 0; i < kAlgorithmNames.size(); ++i) {
    if (kAlgorithmNames[i] == name) return kAlgorithms[i];
  }
  return fail(ErrorKind::bad_signature_algorithm, "the algorithm " + in_quotes(name) + " is not accepted");
}

// Whether a nonce has to be there is for the caller to say: the inner JWS of a key change has none.
Result<std::optional<std::string>> nonce_of(const Json& header) {
  if (header.find("nonce") == nullptr) return std::nullopt;
  TRY(std::string nonce, required_string(header, "nonce", "protected header"));
  if (!base::parse_base64url(nonce))
    return fail(ErrorKind::malformed, "the nonce is not base64url without padding");
  return nonce;
}

// RFC 8555 §6.2: exactly one of "kid" and "jwk".
Result<void> take_key(const Json& header, Jws& jws) {
  const Json* jwk = header.find("jwk");
  const bool has_kid = header.find("kid") != nullptr;
  if (has_kid == (jwk != nullptr)) {
    return fail(ErrorKind::malformed, "the protected header must have exactly one of \"kid\" and \"jwk\"");
  }
  if (has_kid) {
    TRY(jws.kid, required_string(header, "kid", "protected header"));
    return {};
  }
  TRY(jws.jwk, AccountKey::from_jwk(*jwk));
  const Json* algorithm = jwk->find("alg");
  if (algorithm == nullptr || *algorithm == *header.find("alg")) return {};
  return fail(ErrorKind::malformed, "the JWK is for another algorithm than that of the JWS");
}

bool fits(Algorithm algorithm, AccountKeyType type) {
  switch (algorithm) {
    case Algorithm::es256: return type == AccountKeyType::p256;
    case Algorithm::es384: return type == AccountKeyType::p384;
    case Algorithm::es512: return type == AccountKeyType::p521;
    case Algorithm::eddsa: return type == AccountKeyType::ed25519;
    case Algorithm::rs256: return type == AccountKeyType::rsa;
  }
  return false;
}

// The octets of R and of S (RFC 7518 §3.4).
size_t number_size(Algorithm algorithm) {
  return algorithm == Algorithm::es256 ? 32 : algorithm == Algorithm::es384 ? 48 : 66;
}

Bytes ecdsa_digest(Algorithm algorithm, BytesView input) {
  if (algorithm == Algorithm::es256) return base::sha256(input);
  return algorithm == Algorithm::es384 ? base::sha384(input) : base::sha512(input);
}

bool is_signature_good(const Jws& jws, const AccountKey& key) {
  if (const KeyContexts* ecdsa = key.ecdsa()) {
    const auto signature = split_ecdsa_numbers(jws.signature, number_size(jws.algorithm));
    return signature && ecdsa->verify(ecdsa_digest(jws.algorithm, jws.signing_input), *signature);
  }
  if (jws.signature.empty()) return false;
  const EVP_MD* digest =
      jws.algorithm == Algorithm::rs256 ? EVP_sha256() : nullptr;  // EdDSA hashes by itself
  const base::MdContextHandle context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.handle()) == 1 &&
         EVP_DigestVerify(context.get(), base::octets(jws.signature), jws.signature.size(),
                          base::octets(jws.signing_input), jws.signing_input.size()) == 1;
}

}  // namespace

}  // namespace acmecore
