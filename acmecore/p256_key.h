#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "acmecore/ecdsa_numbers.h"
#include "base/bytes.h"
#include "base/openssl.h"

namespace acmecore {

// An uncompressed point on P-256 (SEC 1 §2.3.3).
inline constexpr size_t kP256PointSize = 65;

// What a table takes: 150 KiB, and 15 to 40 ms to make. It pays after so many signatures.
inline constexpr unsigned kVerificationsBeforeTable = 750;

// Of the whole process: 10 MB.
inline constexpr size_t kVerificationTablesMax = 64;

// A key whose table was not used while the process made so many checks gives its place to one that signs now: as many
// as it takes to earn all places. Keys that take turns in fewer checks do not take tables from each other.
inline constexpr uint64_t kChecksUntilTableIsIdle = kVerificationTablesMax * kVerificationsBeforeTable;

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

  // Makes the table, as verify() does after each kVerificationsBeforeTable checks without one. True: the key has one
  // now, or had one, and keeps it until it is idle and another key asks. False: all places are taken by keys whose
  // tables are not idle, or another thread is making this one.
  bool make_table() const;
  bool has_table() const;

 private:
  class Places;
  using Point = base::OpensslHandle<EC_POINT, EC_POINT_free>;
  using Table = std::shared_ptr<const EC_GROUP>;

  explicit P256Key(Point point) : point_(std::move(point)) {}

  Table use_table(uint64_t now) const;

  const Point point_;
  mutable std::atomic<unsigned> verifications_ = 0;  // without a table
  // Any thread uses the table while another key's may take it: the lock is held to copy the pointer, which keeps the
  // table for the check.
  mutable std::mutex mutex_;
  mutable Table table_;
  mutable uint64_t used_ = 0;  // when the table was used last, or made: in checks of the process
};

}  // namespace acmecore
