#include "acmecore/ca_public_key.h"

#include <cassert>
#include <string>

namespace acmecore {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::PkeyHandle;
using base::Result;
using namespace std::string_view_literals;

namespace {

// SubjectPublicKeyInfo up to the key itself.
constexpr BytesView kEd25519Head = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
constexpr size_t kEd25519Size = 32;

constexpr int kSha384FromBits = 4096;

bool is_ed25519(BytesView spki_der) {
  return spki_der.starts_with(kEd25519Head) && spki_der.size() == kEd25519Head.size() + kEd25519Size;
}

}  // namespace

Result<PublicKey> parse_ca_public_key(BytesView spki_der) {
  if (!is_ed25519(spki_der)) return parse_public_key(spki_der);
  const uint8_t* octets = base::octets(spki_der.substr(kEd25519Head.size()));
  PkeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets, kEd25519Size));
  if (!key) return fail(ErrorKind::internal, "Ed25519 key: " + base::openssl_error());
  return PublicKey{KeyType::ed25519, std::move(key)};
}

Result<KeyType> ca_key_type_of(BytesView spki_der) {
  return is_ed25519(spki_der) ? KeyType::ed25519 : key_type_of(spki_der);
}

std::string text_of_ca_key(BytesView spki_der) {
  const auto key = parse_ca_public_key(spki_der);
  if (!key) return "?";
  const std::string name(name_of(key->type));
  return key->type == KeyType::rsa ? name + " " + std::to_string(EVP_PKEY_get_bits(key->key.get())) : name;
}

Result<SignatureAlgorithm> ca_signature_algorithm(const PublicKey& key) {
  switch (key.type) {
    case KeyType::p256: return SignatureAlgorithm::ecdsa_sha256;
    case KeyType::p384: return SignatureAlgorithm::ecdsa_sha384;
    case KeyType::ed25519: return SignatureAlgorithm::ed25519;
    case KeyType::p521: break;
    case KeyType::rsa:
      const int bits = EVP_PKEY_get_bits(key.key.get());
      if (bits > kCaRsaBitsMax) break;
      return bits < kSha384FromBits ? SignatureAlgorithm::rsa_sha256 : SignatureAlgorithm::rsa_sha384;
  }
  return fail(ErrorKind::bad_public_key, "a CA signs with a key on P-256 or P-384, with RSA of 2048 to " +
                                             std::to_string(kCaRsaBitsMax) + " bits or with Ed25519");
}

BytesView ca_algorithm_identifier(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::rsa_sha256:
      return "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv;
    case SignatureAlgorithm::rsa_sha384:
      return "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv;
    case SignatureAlgorithm::ecdsa_sha256: return "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
    case SignatureAlgorithm::ecdsa_sha384: return "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;
    case SignatureAlgorithm::ed25519: return "\x30\x05\x06\x03\x2b\x65\x70"sv;
    case SignatureAlgorithm::rsa_sha512:
    case SignatureAlgorithm::ecdsa_sha512: break;
  }
  assert(false);
  return {};
}

}  // namespace acmecore
