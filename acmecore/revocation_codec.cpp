#include "acmecore/revocation_codec.h"

#include <utility>

#include "assay/stored/v1/acme.pb.h"
#include "storage/tables.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
namespace stored = assay::stored::v1;

namespace {

constexpr size_t kShardKeySize = kCaIdSize + sizeof(uint32_t);

int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }
int64_t milliseconds(const std::optional<Time>& time) { return time ? milliseconds(*time) : 0; }
Time time_of(int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }
std::optional<Time> optional_time(int64_t milliseconds) {
  if (milliseconds == 0) return std::nullopt;
  return time_of(milliseconds);
}

template <class Message>
Result<Message> parse(BytesView value, const char* what) {
  Message message;
  if (message.ParseFromArray(value.data(), int(value.size()))) return message;
  return fail(ErrorKind::internal, std::string("a stored ") + what + " cannot be read");
}

Result<RevocationReason> reason_of(uint32_t code) {
  const auto reason = reason_with_code(code);
  if (!reason) return fail(ErrorKind::internal, "a stored revocation has an unknown reason");
  return *reason;
}

}  // namespace

Bytes shard_key(const CrlShard& shard) {
  Bytes key = shard.ca;
  for (int shift = 24; shift >= 0; shift -= 8)
    key.push_back(char((shard.number >> shift) & 0xff));
  return key;
}

std::optional<CrlShard> parse_shard_key(BytesView key) {
  if (key.size() != kShardKeySize) return std::nullopt;
  CrlShard shard{std::string(key.substr(0, kCaIdSize)), 0};
  for (const char octet : key.substr(kCaIdSize))
    shard.number = shard.number << 8 | uint8_t(octet);
  return shard;
}

std::optional<RevokedKey> parse_revoked_key(BytesView key) {
  if (key.empty() || key[0] != storage::table::kRevoked || key.size() <= 1 + kShardKeySize)
    return std::nullopt;
  return RevokedKey{*parse_shard_key(key.substr(1, kShardKeySize)), {Bytes(key.substr(1 + kShardKeySize))}};
}

Bytes encode(const RevokedRecord& revoked) {
  stored::RevokedCertificate message;
  message.set_time_ms(milliseconds(revoked.revocation.time));
  message.set_reason(uint32_t(revoked.revocation.reason));
  message.set_not_after_ms(milliseconds(revoked.not_after));
  return message.SerializeAsString();
}

Result<RevokedRecord> decode_revoked(Serial serial, BytesView value) {
  TRY(const auto message, parse<stored::RevokedCertificate>(value, "revocation"));
  TRY(const RevocationReason reason, reason_of(message.reason()));
  return RevokedRecord{
      std::move(serial), {time_of(message.time_ms()), reason}, time_of(message.not_after_ms())};
}

Bytes encode(const CrlState& state) {
  stored::Crl message;
  message.set_number(state.number);
  for (const std::string& uri : state.distribution_points)
    message.add_distribution_points(uri);
  return message.SerializeAsString();
}

Result<CrlState> decode_crl_state(BytesView value) {
  TRY(const auto message, parse<stored::Crl>(value, "CRL"));
  return CrlState{message.number(),
                  {message.distribution_points().begin(), message.distribution_points().end()}};
}

Bytes encode(const RevocationJob& job) {
  stored::RevocationJob message;
  message.set_account(job.filter.account);
  message.set_ca(job.filter.ca);
  if (job.filter.issued_from) message.set_issued_from_ms(milliseconds(*job.filter.issued_from));
  if (job.filter.issued_before) message.set_issued_before_ms(milliseconds(*job.filter.issued_before));
  message.set_spki_digest(job.filter.spki_digest);
  message.set_profile(job.filter.profile);
  message.set_reason(uint32_t(job.reason));
  message.set_by(job.by);
  message.set_created_ms(milliseconds(job.created));
  message.set_position(job.position);
  message.set_examined(job.examined);
  message.set_revoked(job.revoked);
  message.set_ended_ms(milliseconds(job.ended));
  message.set_stopped(job.stopped);
  return message.SerializeAsString();
}

Result<RevocationJob> decode_revocation_job(std::string id, BytesView value) {
  TRY(const auto message, parse<stored::RevocationJob>(value, "revocation job"));
  RevocationJob job;
  job.id = std::move(id);
  job.filter.account = message.account();
  job.filter.ca = message.ca();
  if (message.has_issued_from_ms()) job.filter.issued_from = time_of(message.issued_from_ms());
  if (message.has_issued_before_ms()) job.filter.issued_before = time_of(message.issued_before_ms());
  job.filter.spki_digest = message.spki_digest();
  job.filter.profile = message.profile();
  TRY(job.reason, reason_of(message.reason()));
  job.by = message.by();
  job.created = time_of(message.created_ms());
  job.position = message.position();
  job.examined = message.examined();
  job.revoked = message.revoked();
  job.ended = optional_time(message.ended_ms());
  job.stopped = message.stopped();
  return job;
}

void put(const CrlShard& shard, stored::CrlShard& message) {
  message.set_ca(shard.ca);
  message.set_number(shard.number);
}

CrlShard crl_shard_of(const stored::CrlShard& message) { return {message.ca(), message.number()}; }

}  // namespace acmecore
