#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "acmecore/certificate.h"
#include "acmecore/serial.h"

namespace acmecore {

// The most CRLs that a CA spreads its certificates over.
inline constexpr uint32_t kCrlShardsMax = 1024;

// Names a CA by its subject and its key, which is what a CRL is of (RFC 5280 §5), whichever certificates the CA has:
// kCaIdSize lower-case hexadecimal digits of SHA-256.
inline constexpr size_t kCaIdSize = 16;
std::string ca_id(const Certificate& issuing);

// One of the CRLs of a CA. Each certificate is in one of them once it is revoked, and in no other.
struct CrlShard {
  std::string ca;  // its ca_id
  uint32_t number = 0;

  bool operator==(const CrlShard&) const = default;
  auto operator<=>(const CrlShard&) const = default;
};

// Which of `shards` a certificate belongs to: its serial number's last 8 octets, which are random, modulo `shards`. So
// all shards are of one size, and what expires leaves each. REQUIRES: shards > 0.
uint32_t shard_of(const Serial& serial, uint32_t shards);

}  // namespace acmecore
