#include "acmecore/account_key.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "acmecore/der.h"
#include "acmecore/public_key.h"
#include "base/base64url.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;
using namespace std::string_view_literals;

namespace {

// AlgorithmIdentifiers and what goes before the key itself (RFC 5480 §2.1.1, RFC 3279 §2.3.1, RFC 8410 §4).
struct Curve {
  std::string_view name;
  AccountKeyType type;
  size_t coordinate_size;
  BytesView algorithm_der;
};

constexpr std::array<Curve, 3> kCurves{{
    {"P-256", AccountKeyType::p256, 32,
     "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv},
    {"P-384", AccountKeyType::p384, 48,
     "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"sv},
    {"P-521", AccountKeyType::p521, 66,
     "\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x23"sv},
}};
constexpr BytesView kRsaAlgorithm = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
constexpr BytesView kEd25519Spki = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
constexpr size_t kEd25519Size = 32;

constexpr std::string_view kPrivateMembers[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

// What a JWK comes down to.
struct KeyText {
  AccountKeyType type;
  Bytes spki_der;
  Json::Object required;  // the members of RFC 7638 §3.2, in lexicographic order
};

struct Imported {
  AccountKeyType type;
  base::PkeyHandle key;
};

Result<KeyText> read_ec(const Json& jwk);
Result<KeyText> read_rsa(const Json& jwk);
Result<KeyText> read_okp(const Json& jwk);
Result<Imported> import_spki(BytesView spki_der);

}  // namespace

AccountKey::AccountKey(AccountKeyType type, base::PkeyHandle key, Bytes spki_der, std::string thumbprint)
    : type_(type), key_(std::move(key)), spki_der_(std::move(spki_der)), thumbprint_(std::move(thumbprint)) {
  if (type_ != AccountKeyType::rsa && type_ != AccountKeyType::ed25519) {
    ecdsa_ = std::make_unique<const KeyContexts>(key_.get(), KeyContexts::Use::verify);
  }
}

Result<AccountKey> AccountKey::from_jwk(const Json& jwk) {
  if (jwk.object() == nullptr) return fail(ErrorKind::malformed, "the JWK is no JSON object");
  const Json* type = jwk.find("kty");
  if (type == nullptr || type->string() == nullptr)
    return fail(ErrorKind::malformed, "the JWK has no \"kty\"");
  for (std::string_view name : kPrivateMembers) {
    if (jwk.find(name) != nullptr) {
      return fail(ErrorKind::bad_public_key, "the JWK holds a private key, which is no secret any more");
    }
  }
  const auto read = *type->string() == "EC"    ? read_ec
                    : *type->string() == "RSA" ? read_rsa
                    : *type->string() == "OKP" ? read_okp
                                               : nullptr;
  if (read == nullptr) return fail(ErrorKind::bad_public_key, "account keys are of type EC, OKP or RSA");
  TRY(KeyText text, read(jwk));
  TRY(Imported imported, import_spki(text.spki_der));
  std::string thumbprint = base::base64url(base::sha256(Json(std::move(text.required)).text()));
  return AccountKey(text.type, std::move(imported.key), std::move(text.spki_der), std::move(thumbprint));
}

Result<AccountKey> AccountKey::from_stored(BytesView spki_der, std::string thumbprint) {
  auto imported = import_spki(spki_der);
  if (!imported) return fail(ErrorKind::internal, "a stored account key: " + imported.error().detail);
  return AccountKey(imported->type, std::move(imported->key), Bytes(spki_der), std::move(thumbprint));
}

namespace {

Result<Bytes> member_octets(const Json& jwk, std::string_view name) {
  const std::string quoted_name = "\"" + std::string(name) + "\"";
  const Json* member = jwk.find(name);
  if (member == nullptr || member->string() == nullptr) {
    return fail(ErrorKind::malformed, "the JWK has no " + quoted_name);
  }
  const auto octets = base::parse_base64url(*member->string());
  if (!octets)
    return fail(ErrorKind::malformed, "the JWK's " + quoted_name + " is not base64url without padding");
  return *octets;
}

Result<Bytes> member_octets(const Json& jwk, std::string_view name, size_t size) {
  TRY(Bytes octets, member_octets(jwk, name));
  if (octets.size() == size) return octets;
  return fail(ErrorKind::malformed, "the JWK's \"" + std::string(name) + "\" has " +
                                        std::to_string(octets.size()) + " octets; its curve asks for " +
                                        std::to_string(size));
}

const std::string* curve_name(const Json& jwk) {
  const Json* curve = jwk.find("crv");
  return curve == nullptr ? nullptr : curve->string();
}

// RFC 7518 §6.2.1.
Result<KeyText> read_ec(const Json& jwk) {
  const std::string* name = curve_name(jwk);
  if (name == nullptr) return fail(ErrorKind::malformed, "the JWK has no \"crv\"");
  for (const Curve& curve : kCurves) {
    if (curve.name != *name) continue;
    TRY(const Bytes x, member_octets(jwk, "x", curve.coordinate_size));
    TRY(const Bytes y, member_octets(jwk, "y", curve.coordinate_size));
    Json::Object required{
        {"crv", *name}, {"kty", "EC"}, {"x", base::base64url(x)}, {"y", base::base64url(y)}};
    Bytes spki = der::sequence({curve.algorithm_der, der::bit_string("\x04" + x + y)});
    return KeyText{curve.type, std::move(spki), std::move(required)};
  }
  return fail(ErrorKind::bad_public_key, "the curve of an EC key must be P-256, P-384 or P-521");
}

// RFC 7518 §6.3.1: unsigned, and in as few octets as possible.
Result<Bytes> unsigned_integer(const Json& jwk, std::string_view name) {
  TRY(Bytes octets, member_octets(jwk, name));
  if (octets.empty() || octets[0] == '\0') {
    return fail(ErrorKind::malformed,
                "the JWK's \"" + std::string(name) + "\" is empty or begins with a zero octet");
  }
  return octets;
}

Result<KeyText> read_rsa(const Json& jwk) {
  TRY(const Bytes n, unsigned_integer(jwk, "n"));
  TRY(const Bytes e, unsigned_integer(jwk, "e"));
  Json::Object required{{"e", base::base64url(e)}, {"kty", "RSA"}, {"n", base::base64url(n)}};
  const Bytes key = der::sequence({der::unsigned_integer(n), der::unsigned_integer(e)});
  return KeyText{AccountKeyType::rsa, der::sequence({kRsaAlgorithm, der::bit_string(key)}),
                 std::move(required)};
}

// RFC 8037 §2.
Result<KeyText> read_okp(const Json& jwk) {
  const std::string* name = curve_name(jwk);
  if (name == nullptr) return fail(ErrorKind::malformed, "the JWK has no \"crv\"");
  if (*name != "Ed25519") return fail(ErrorKind::bad_public_key, "the curve of an OKP key must be Ed25519");
  TRY(const Bytes x, member_octets(jwk, "x", kEd25519Size));
  Json::Object required{{"crv", "Ed25519"}, {"kty", "OKP"}, {"x", base::base64url(x)}};
  return KeyText{AccountKeyType::ed25519, Bytes(kEd25519Spki) + x, std::move(required)};
}

AccountKeyType account_key_type(KeyType type) {
  switch (type) {
    case KeyType::rsa: return AccountKeyType::rsa;
    case KeyType::p256: return AccountKeyType::p256;
    case KeyType::p384: return AccountKeyType::p384;
    case KeyType::p521: return AccountKeyType::p521;
    case KeyType::ed25519: return AccountKeyType::ed25519;
  }
  return AccountKeyType::rsa;
}

// Certificates have no place for Ed25519, so only here it is looked at before all others.
Result<Imported> import_spki(BytesView spki_der) {
  if (spki_der.starts_with(kEd25519Spki) && spki_der.size() == kEd25519Spki.size() + kEd25519Size) {
    const uint8_t* octets = base::octets(spki_der.substr(kEd25519Spki.size()));
    base::PkeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets, kEd25519Size));
    if (!key) return fail(ErrorKind::internal, "Ed25519 key: " + base::openssl_error());
    return Imported{AccountKeyType::ed25519, std::move(key)};
  }
  TRY(PublicKey key, parse_public_key(spki_der));
  return Imported{account_key_type(key.type), std::move(key.key)};
}

}  // namespace

}  // namespace acmecore
