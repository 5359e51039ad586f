#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "acmecore/key_contexts.h"
#include "acmecore/public_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/openssl.h"

namespace acmecore {

// A private key on P-256 or P-384 that signs with ECDSA and the hash that BR 7.1.3.2.2 pairs with its curve.
//
// sign() may be called by several threads at once.
class SigningKey {
 public:
  // A new key on P-256.
  static SigningKey generate();

  // PEM of one PKCS#8 or SEC 1 key, not encrypted. malformed: not that, or not a key on P-256 or P-384.
  static base::Result<SigningKey> parse(std::string_view pem);

  // PKCS#8 in PEM. A secret.
  std::string pem() const;

  // SubjectPublicKeyInfo.
  const base::Bytes& spki_der() const { return spki_der_; }

  // The AlgorithmIdentifier of its signatures, without parameters (RFC 5758 §3.2).
  base::BytesView signature_algorithm_der() const;

  // An ECDSA-Sig-Value over `message`. internal: OpenSSL failed.
  base::Result<base::Bytes> sign(base::BytesView message) const;

 private:
  SigningKey(base::PkeyHandle key, base::Bytes spki_der, KeyType type);

  base::PkeyHandle key_;
  std::unique_ptr<const KeyContexts> contexts_;
  base::Bytes spki_der_;
  KeyType type_;
};

}  // namespace acmecore
