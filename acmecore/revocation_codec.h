#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/crl_shard.h"
#include "acmecore/revocation.h"
#include "acmecore/revocation_job.h"
#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace assay::stored::v1 {
class CrlShard;
}  // namespace assay::stored::v1

// How what is revoked lies in the store (docs/storage-format.md): for records.h, and for whoever follows commits.
// Decoding fails with internal where the value is not what encode made.
namespace acmecore {

// A certificate that a CRL has, or is to have.
struct RevokedRecord {
  Serial serial;
  Revocation revocation;
  base::Time not_after;  // of the certificate

  bool operator==(const RevokedRecord&) const = default;
};

// What is known of the latest CRL of a shard, recorded before it was signed.
struct CrlState {
  uint64_t number = 0;  // 0: there was none
  std::vector<std::string> distribution_points =
      {};  // that certificates name or have named, the present one first

  bool operator==(const CrlState&) const = default;
};

// What follows the table's octet in the keys of a CA and of a shard.
base::Bytes shard_key(const CrlShard& shard);
std::optional<CrlShard> parse_shard_key(base::BytesView key);

// Which certificate of which shard a whole key of kRevoked is about. Nothing: it is another table's.
struct RevokedKey {
  CrlShard shard;
  Serial serial;
};
std::optional<RevokedKey> parse_revoked_key(base::BytesView key);

base::Bytes encode(const RevokedRecord& revoked);
base::Bytes encode(const CrlState& state);
base::Bytes encode(const RevocationJob& job);

base::Result<RevokedRecord> decode_revoked(Serial serial, base::BytesView value);
base::Result<CrlState> decode_crl_state(base::BytesView value);
base::Result<RevocationJob> decode_revocation_job(std::string id, base::BytesView value);

void put(const CrlShard& shard, assay::stored::v1::CrlShard& message);
CrlShard crl_shard_of(const assay::stored::v1::CrlShard& message);

}  // namespace acmecore
