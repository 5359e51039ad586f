#include "acmecore/revocation_codec.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::Bytes;
using base::ErrorKind;

const base::Time kNow = base::parse_rfc3339("2026-11-23T04:30:00.123Z").value();

TEST(RevocationCodec, ReadsBackWhatIsRevoked) {
  const RevokedRecord revoked{
      {"\x01"}, {kNow, RevocationReason::privilege_withdrawn}, kNow + std::chrono::hours(1)};
  EXPECT_EQ(decode_revoked(revoked.serial, encode(revoked)), revoked);
  const CrlState state{7, {"http://a.test/7.crl", "http://b.test/7.crl"}};
  EXPECT_EQ(decode_crl_state(encode(state)), state);
  RevocationJob job{"j", {"a", "ca", kNow, kNow + std::chrono::hours(1), "digest"}, {}, "alice", kNow};
  EXPECT_EQ(decode_revocation_job("j", encode(job)), job);
  job = {"j", {}, RevocationReason::superseded, "", kNow, "\x01", 7, 3, kNow, true};
  EXPECT_EQ(decode_revocation_job("j", encode(job)), job);
  EXPECT_EQ(decode_revoked({"\x01"}, "\xff").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_revoked({"\x01"}, "\x10\x06").error().kind, ErrorKind::internal);  // certificateHold
  EXPECT_EQ(decode_crl_state("\xff").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_revocation_job("j", "\xff").error().kind, ErrorKind::internal);
}

// Read back as no bound, it would be a filter that fits everything.
TEST(RevocationCodec, AJobThatIsBoundedByTheEpochIsReadBackSo) {
  const base::Time epoch{};
  RevocationJob job{"j", {.issued_before = epoch}, RevocationReason::superseded, "alice", kNow};
  EXPECT_EQ(decode_revocation_job("j", encode(job)), job);
  EXPECT_FALSE(decode_revocation_job("j", encode(job))->filter.empty());
  job.filter = {.issued_from = epoch};
  EXPECT_EQ(decode_revocation_job("j", encode(job)), job);
}

TEST(RevocationCodec, KeysOfRevokedCertificatesTellTheirShard) {
  const CrlShard shard{"0123456789abcdef", 0x01020304};
  EXPECT_EQ(parse_shard_key(shard_key(shard)), shard);
  const auto key = parse_revoked_key("R" + shard_key(shard) + "serial");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->shard, shard);
  EXPECT_EQ(key->serial.octets, "serial");
  for (const Bytes& other : {Bytes(), "x" + shard_key(shard) + "serial", "R" + shard_key(shard), Bytes("R")})
    EXPECT_FALSE(parse_revoked_key(other));
}

}  // namespace
}  // namespace acmecore
