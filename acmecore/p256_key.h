#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "acmecore/ecdsa_numbers.h"
#include "base/bytes.h"
#include "base/openssl.h"

namespace acmecore {

// An uncompressed point on P-256 (SEC 1 §2.3.3).
inline constexpr size_t kP256PointSize = 65;

// What a table takes: 150 KiB, and 15 to 40 ms to make. It pays after so many signatures.
inline constexpr unsigned kVerificationsBeforeTable = 750;

// Of the whole process: 10 MB. The first of those who sign so much have one while they are in memory.
inline constexpr int kVerificationTablesMax = 64;

// A public key on P-256, to check ECDSA with SHA-256 (FIPS 186-5 §6.4.2) by. A check computes u1·G + u2·Q, for which
// OpenSSL has a table of multiples of G, and here a key that verifies much gets one of Q, too: 42 µs for a signature
// that takes OpenSSL 53, and 16 with the table. docs/decisions/p256-verification.md.
//
// Any thread may use it.
class P256Key {
 public:
  // Null: it is no such point.
  static std::unique_ptr<const P256Key> read(base::BytesView point);
  // Null: the key is not on P-256, or its point is compressed.
  static std::unique_ptr<const P256Key> of(const EVP_PKEY* key);
  ~P256Key();
  P256Key(const P256Key&) = delete;
  P256Key& operator=(const P256Key&) = delete;

  // Whether the signature is over this digest, to which EVP_PKEY_verify() says the same.
  // REQUIRES: the digest has base::kSha256Size octets.
  bool verify(base::BytesView digest, const EcdsaNumbers& signature) const;

  // Makes the table, as verify() does in the end. False: there are kVerificationTablesMax already. A key that has one
  // keeps it. REQUIRES: no other thread uses the key.
  bool make_table() const;

 private:
  using Group = base::OpensslHandle<EC_GROUP, EC_GROUP_free>;
  using Point = base::OpensslHandle<EC_POINT, EC_POINT_free>;

  explicit P256Key(Point point) : point_(std::move(point)) {}

  const EC_GROUP* table() const;

  const Point point_;
  mutable std::atomic<unsigned> verifications_ = 0;
  mutable Group made_;                                    // by the thread that came to the number
  mutable std::atomic<const EC_GROUP*> table_ = nullptr;  // made_, once it is there
};

}  // namespace acmecore
