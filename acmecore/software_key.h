#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acmecore/key_contexts.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/openssl.h"

namespace acmecore {

// What kind of key is made for a CA.
enum class KeyKind { p256, p384, rsa2048, rsa3072, rsa4096, ed25519 };

// As operators write them.
inline constexpr std::pair<std::string_view, KeyKind> kKeyKinds[] = {
    {"p256", KeyKind::p256},       {"p384", KeyKind::p384},       {"rsa2048", KeyKind::rsa2048},
    {"rsa3072", KeyKind::rsa3072}, {"rsa4096", KeyKind::rsa4096}, {"ed25519", KeyKind::ed25519}};

// Of a passphrase, in octets: OpenSSL's buffer takes hardly more.
inline constexpr size_t kPassphraseSizeMax = 1000;

// A private key in the memory of this process.
class SoftwareKey final : public SigningKey {
 public:
  // A new one.
  static SoftwareKey generate(KeyKind kind = KeyKind::p256);

  // PEM of one PKCS#8, PKCS#1 or SEC 1 key. One that is encrypted is opened with `passphrase`, which is not looked at
  // otherwise. malformed: not that, another passphrase, or no key that ca_signature_algorithm has one for.
  static base::Result<SoftwareKey> parse(std::string_view pem, std::string_view passphrase = {});

  // PKCS#8 in PEM. A secret.
  std::string pem() const;

  // The same, encrypted with AES-256 under a key that PBKDF2 makes of `passphrase` (RFC 8018 §6.2), slowly.
  // REQUIRES: it has no more than kPassphraseSizeMax.
  std::string encrypted_pem(std::string_view passphrase) const;

  base::Result<base::Bytes> sign(base::BytesView message) const override;

 private:
  SoftwareKey(base::PkeyHandle key, base::Bytes spki_der, SignatureAlgorithm algorithm);

  bool signs_with_ecdsa() const;

  base::PkeyHandle key_;
  std::unique_ptr<const KeyContexts> contexts_;  // null where it does not sign with ECDSA
};

// Whether `pem` is of an encrypted private key.
bool is_encrypted_key(std::string_view pem);

}  // namespace acmecore
