#include "acmecore/pkcs11/token_key.h"

#include <utility>

#include "acmecore/ca_public_key.h"
#include "acmecore/der.h"
#include "acmecore/signature.h"
#include "base/openssl.h"

namespace acmecore::pkcs11 {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

// DigestInfo up to the digest itself (RFC 8017 §9.2, note 1).
constexpr BytesView kSha256Head =
    "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"sv;
constexpr BytesView kSha384Head =
    "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"sv;

// Of r and s side by side an ECDSA-Sig-Value (RFC 3279 §2.2.3).
Bytes ecdsa_sig_value(BytesView raw) {
  const size_t half = raw.size() / 2;
  return der::sequence({der::unsigned_integer(raw.substr(0, half)), der::unsigned_integer(raw.substr(half))});
}

}  // namespace

Result<std::unique_ptr<const SigningKey>> TokenKey::open(std::shared_ptr<TokenModule> module,
                                                         TokenKeyName name, BytesView spki_der) {
  CHECK(TokenModule::check(name));
  Bytes spki(spki_der);
  if (spki.empty()) {
    TRY(spki, module->spki_of(name));
  }
  const std::string what = "the token key " + name.uri + ": ";
  auto public_key = parse_ca_public_key(spki);
  if (!public_key) return fail(ErrorKind::malformed, what + public_key.error().detail);
  const auto algorithm = ca_signature_algorithm(*public_key);
  if (!algorithm) return fail(ErrorKind::malformed, what + algorithm.error().detail);
  return std::unique_ptr<const SigningKey>(
      new TokenKey(std::move(module), std::move(name), std::move(spki), *std::move(public_key), *algorithm));
}

TokenKey::TokenKey(std::shared_ptr<TokenModule> module, TokenKeyName name, Bytes spki_der,
                   PublicKey public_key, SignatureAlgorithm algorithm)
    : SigningKey(std::move(spki_der), algorithm),
      module_(std::move(module)),
      name_(std::move(name)),
      public_key_(std::move(public_key)) {}

Result<Bytes> TokenKey::sign(BytesView message) const {
  TRY(Bytes signature, raw_signature(message));
  if (public_key_.type == KeyType::p256 || public_key_.type == KeyType::p384)
    signature = ecdsa_sig_value(signature);
  if (verify_signature(signature_algorithm(), public_key_, message, signature)) return signature;
  return fail(ErrorKind::unavailable,
              "the token key " + name_.uri + ": its signature is not by the key that the certificate has");
}

Result<Bytes> TokenKey::raw_signature(BytesView message) const {
  switch (signature_algorithm()) {
    case SignatureAlgorithm::ecdsa_sha256:
      return module_->sign(name_, TokenMechanism::ecdsa, base::sha256(message));
    case SignatureAlgorithm::ecdsa_sha384:
      return module_->sign(name_, TokenMechanism::ecdsa, base::sha384(message));
    case SignatureAlgorithm::rsa_sha256:
      return module_->sign(name_, TokenMechanism::rsa_pkcs, Bytes(kSha256Head) + base::sha256(message));
    case SignatureAlgorithm::rsa_sha384:
      return module_->sign(name_, TokenMechanism::rsa_pkcs, Bytes(kSha384Head) + base::sha384(message));
    case SignatureAlgorithm::ed25519: return module_->sign(name_, TokenMechanism::eddsa, message);
    case SignatureAlgorithm::rsa_sha512:
    case SignatureAlgorithm::ecdsa_sha512: break;
  }
  return fail(ErrorKind::internal, "no key of a CA signs so");
}

}  // namespace acmecore::pkcs11
