#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "acmecore/ecdsa_numbers.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/openssl.h"

namespace acmecore {

class P256Key;

// ECDSA with one key, by OpenSSL's contexts that are ready for it and kept for the next time: making one takes 4 µs. A
// key on P-256 verifies by itself (P256Key).
//
// Thread-safe: one thread at a time uses a context. The lock is held to take or to return one.
class KeyContexts {
 public:
  enum class Use { sign, verify };

  // REQUIRES: the key is on an elliptic curve, and holds its private half if it is to sign.
  KeyContexts(EVP_PKEY* key, Use use);
  ~KeyContexts();

  // Whether the signature is over this digest, which is of the hash that belongs to the curve. REQUIRES: Use::verify.
  bool verify(base::BytesView digest, const EcdsaNumbers& signature) const;

  // An ECDSA-Sig-Value over the digest. internal: OpenSSL failed. REQUIRES: Use::sign.
  base::Result<base::Bytes> sign(base::BytesView digest) const;

 private:
  using Context = base::PkeyContextHandle;

  Context take() const;
  void give_back(Context context) const;

  EVP_PKEY* const key_;  // of whoever has us
  const Use use_;
  const std::unique_ptr<const P256Key> p256_;  // null where it signs, or is on another curve
  mutable std::mutex mutex_;
  mutable std::vector<Context> idle_;
};

}  // namespace acmecore
