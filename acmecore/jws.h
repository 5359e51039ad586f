#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "acmecore/account_key.h"
#include "base/bytes.h"
#include "base/error.h"

// JSON Web Signatures as ACME uses them (RFC 8555 §6.2), in pure steps. Whoever receives one goes through them in
// this order: parse_jws, check_url, the key (from `jwk`, or of the account that `kid` names), verify_signature, and
// the nonce last, so that garbage burns no nonce and every verified request burns one.
namespace acmecore {

// Longer is no request. The HTTP listener has a limit of its own.
inline constexpr size_t kJwsSizeMax = 64 * 1024;

enum class Algorithm { es256, es384, es512, eddsa, rs256 };

// The values of "alg" that parse_jws knows. A problem document of type badSignatureAlgorithm must list them in
// "algorithms" (RFC 8555 §6.2).
std::span<const std::string_view> algorithm_names();

// One JWS whose header keeps every rule that can be checked without the key. Nothing in it is to be believed before
// verify_signature.
struct Jws {
  Algorithm algorithm;
  std::string url;
  std::optional<std::string> nonce;  // base64url; absent: the header has none
  std::optional<std::string> kid;    // exactly one of `kid` and `jwk` is there
  std::optional<AccountKey> jwk;
  base::Bytes payload;  // empty in a POST-as-GET (§6.3)
  base::Bytes signature;
  std::string signing_input;  // RFC 7515 §5.1
};

// Parses the flattened JSON serialization (RFC 7515 §7.2.2).
//
// malformed: not exactly that ("signatures", "header", a missing part, base64url with padding …), a protected
// header without alg, url, or exactly one of kid and jwk, with a member of the wrong type, with "crit" or "b64".
// bad_signature_algorithm: an alg that is none of algorithm_names(), as are "none" and every MAC.
// bad_public_key: as AccountKey::from_jwk. too_large: over kJwsSizeMax.
base::Result<Jws> parse_jws(std::string_view body);

// unauthorized: the JWS was made for another URL than `url`, the one that we handed out (RFC 8555 §6.4).
base::Result<void> check_url(const Jws& jws, std::string_view url);

// malformed: the algorithm is not one for this type of key, or the signature is not by this key.
base::Result<void> verify_signature(const Jws& jws, const AccountKey& key);

}  // namespace acmecore
