#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "acmecore/verification_table.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/openssl.h"

namespace acmecore {

// ECDSA with one key, by OpenSSL's contexts that are ready for it and kept for the next time: making one takes 4 of the
// 50 µs of an ES256 check. A key that has verified much gets a VerificationTable, and takes less than half of that.
//
// Thread-safe: one thread at a time uses a context. The lock is held to take or to return one.
class KeyContexts {
 public:
  enum class Use { sign, verify };

  // REQUIRES: the key is on an elliptic curve, and holds its private half if it is to sign.
  KeyContexts(EVP_PKEY* key, Use use);

  // Whether `signature`, an ECDSA-Sig-Value, is over this digest, which is of the hash that belongs to the curve.
  // REQUIRES: Use::verify.
  bool verify(base::BytesView digest, base::BytesView signature) const;

  // An ECDSA-Sig-Value over the digest. internal: OpenSSL failed. REQUIRES: Use::sign.
  base::Result<base::Bytes> sign(base::BytesView digest) const;

 private:
  using Context = base::PkeyContextHandle;

  const VerificationTable* table() const;
  Context take() const;
  void give_back(Context context) const;

  EVP_PKEY* const key_;  // of whoever has us
  const Use use_;
  mutable std::mutex mutex_;
  mutable std::vector<Context> idle_;
  mutable std::atomic<unsigned> verifications_ = 0;
  mutable std::unique_ptr<const VerificationTable> made_;          // by the thread that came to the number
  mutable std::atomic<const VerificationTable*> table_ = nullptr;  // made_, once it is there
};

}  // namespace acmecore
