#include "acmecore/revocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/crl_shard.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::ErrorKind;

TEST(RevocationReason, IsOneThatASubscriberMayGive) {
  EXPECT_EQ(parse_reason(std::nullopt), RevocationReason::unspecified);
  for (int64_t code : {0, 1, 3, 4, 5})
    EXPECT_EQ(int64_t(*parse_reason(code)), code);
  for (int64_t code : {int64_t(2), int64_t(6), int64_t(7), int64_t(8), int64_t(9), int64_t(10), int64_t(11),
                       int64_t(99), int64_t(-1), int64_t(2147483648), INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(parse_reason(code).error().kind, ErrorKind::bad_revocation_reason) << code;
  }
}

TEST(RevocationReason, AnOperatorHasOneMore) {
  for (const int code : {0, 1, 3, 4, 5, 9}) {
    const auto reason = reason_with_code(code);
    ASSERT_TRUE(reason) << code;
    EXPECT_EQ(parse_reason_name(name_of(*reason)).value(), *reason);
  }
  for (const int code : {-1, 2, 6, 7, 8, 10, 11, 265})
    EXPECT_EQ(reason_with_code(code), std::nullopt) << code;
  EXPECT_EQ(name_of(RevocationReason::privilege_withdrawn), "privilegeWithdrawn");
  for (const char* name : {"", "certificateHold", "KeyCompromise", "1"})
    EXPECT_EQ(parse_reason_name(name).error().kind, ErrorKind::malformed) << name;
}

TEST(CrlShard, IsTheLastEightOctetsModuloTheNumberOfShards) {
  const auto shard = [](const char* serial, uint32_t shards) {
    return shard_of(parse_serial(serial).value(), shards);
  };
  EXPECT_EQ(shard("01", 16), 1u);
  EXPECT_EQ(shard("11", 16), 1u);
  EXPECT_EQ(shard("0100000000000000ff", 16), 15u);
  EXPECT_EQ(shard("01ffffffffffffffff", 1000), 615u);  // 2^64 - 1
  EXPECT_EQ(shard("02ffffffffffffffff", 1000), 615u);
  EXPECT_EQ(shard("01ffffffffffffffff", 1), 0u);
}

TEST(CrlShard, AllShardsAreOfAboutOneSize) {
  std::vector<int> sizes(16);
  for (int i = 0; i < 16'000; ++i)
    ++sizes[shard_of(new_serial(), 16)];
  EXPECT_THAT(sizes, testing::Each(testing::AllOf(testing::Gt(800), testing::Lt(1200))));
}

TEST(CrlShard, ACaIsItsNameAndItsKey) {
  const Certificate issuing = test_issuer().certificate();
  const std::string id = ca_id(issuing);
  EXPECT_EQ(id.size(), kCaIdSize);
  Certificate other = issuing;
  other.serial = new_serial();
  other.validity.not_after += std::chrono::hours(1);
  EXPECT_EQ(ca_id(other), id);
  other = issuing;
  other.subject_der = issuing.issuer_der;
  EXPECT_NE(ca_id(other), id);
  other = issuing;
  other.spki_der = spki_of(make_p256().get());
  EXPECT_NE(ca_id(other), id);
}

}  // namespace
}  // namespace acmecore
