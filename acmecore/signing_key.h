#pragma once

#include <utility>

#include "acmecore/signature.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// A private key that a CA signs with, wherever it is: in memory (software_key.h) or in a token that it never leaves
// (pkcs11/token_key.h). What it signs with follows from its kind: see ca_signature_algorithm.
class SigningKey {
 public:
  virtual ~SigningKey() = default;

  // SubjectPublicKeyInfo.
  const base::Bytes& spki_der() const { return spki_der_; }

  SignatureAlgorithm signature_algorithm() const { return algorithm_; }

  // The AlgorithmIdentifier of its signatures.
  base::BytesView signature_algorithm_der() const;

  // A signature over `message`, by any thread at any time. unavailable: the key is somewhere else and cannot be reached
  // now; a later call tries again. internal: OpenSSL failed.
  virtual base::Result<base::Bytes> sign(base::BytesView message) const = 0;

 protected:
  SigningKey(base::Bytes spki_der, SignatureAlgorithm algorithm)
      : spki_der_(std::move(spki_der)), algorithm_(algorithm) {}
  SigningKey(SigningKey&&) = default;
  SigningKey& operator=(SigningKey&&) = default;

 private:
  base::Bytes spki_der_;
  SignatureAlgorithm algorithm_;
};

}  // namespace acmecore
