#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/openssl.h"

namespace acmecore {

// What a table takes: 150 KiB, and 15 to 40 ms to make. It pays after so many signatures.
inline constexpr unsigned kVerificationsBeforeTable = 600;

// Of the whole process: 10 MB. The first of those who sign so much have one while they are in memory.
inline constexpr int kVerificationTablesMax = 64;

// ECDSA on P-256 with SHA-256 (FIPS 186-5 §6.4.2), by multiples of one public key that were computed before: 16 µs for
// a signature that takes OpenSSL 50 µs. A check computes u1·G + u2·Q. OpenSSL has a table of multiples of G and none of
// Q, which is most of the time; here Q has one, too. docs/decisions/verification-tables.md.
//
// Immutable; any thread may use it.
class VerificationTable {
 public:
  // Null: the key is not on P-256, or there are kVerificationTablesMax already.
  static std::unique_ptr<const VerificationTable> make(const EVP_PKEY* key);
  ~VerificationTable();
  VerificationTable(const VerificationTable&) = delete;
  VerificationTable& operator=(const VerificationTable&) = delete;

  // Whether `signature`, an ECDSA-Sig-Value in DER, is over this digest, to which EVP_PKEY_verify() says the same.
  // REQUIRES: the digest has base::kSha256Size octets.
  bool verify(base::BytesView digest, base::BytesView signature) const;

 private:
  using Curve = base::OpensslHandle<EC_GROUP, EC_GROUP_free>;

  VerificationTable(Curve curve, Curve by_key) : curve_(std::move(curve)), by_key_(std::move(by_key)) {}

  const Curve curve_;
  const Curve by_key_;  // the same, but that its generator is the public key
};

}  // namespace acmecore
