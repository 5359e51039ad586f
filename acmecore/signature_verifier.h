#pragma once

#include <memory>

#include "acmecore/key_contexts.h"
#include "acmecore/public_key.h"
#include "acmecore/signature.h"
#include "base/bytes.h"

namespace acmecore {

// Verifies with one key again and again, such as an issuing CA's: on P-256 by KeyContexts, which take a third of the
// time after a while. Any thread may use it.
class SignatureVerifier {
 public:
  explicit SignatureVerifier(PublicKey key);

  const PublicKey& key() const { return key_; }

  // As verify_signature().
  bool verify(SignatureAlgorithm algorithm, base::BytesView message, base::BytesView signature) const;

 private:
  PublicKey key_;
  std::unique_ptr<const KeyContexts> p256_;  // null: the key is on no such curve
};

}  // namespace acmecore
