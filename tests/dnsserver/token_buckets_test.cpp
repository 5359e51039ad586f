#include "dnsserver/token_buckets.h"

#include <gtest/gtest.h>

namespace dnsserver {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kNow = base::Time(1'790'000'000s);
constexpr Rate kRate{.per_minute = 60, .burst = 3};

TEST(TokenBuckets, LetABurstPassAndThenTheRate) {
  TokenBuckets buckets(10);
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(buckets.take("a", kRate, kNow));
  EXPECT_FALSE(buckets.take("a", kRate, kNow));
  EXPECT_FALSE(buckets.has_token("a", kRate, kNow));
  EXPECT_TRUE(buckets.take("b", kRate, kNow)) << "each has its own";
  EXPECT_FALSE(buckets.take("a", kRate, kNow + 999ms));
  EXPECT_TRUE(buckets.take("a", kRate, kNow + 1500ms));
  EXPECT_FALSE(buckets.take("a", kRate, kNow + 1500ms));
}

TEST(TokenBuckets, HoldNoMoreThanABurst) {
  TokenBuckets buckets(10);
  EXPECT_TRUE(buckets.take("a", kRate, kNow));
  int taken = 0;
  while (buckets.take("a", kRate, kNow + 24h))
    ++taken;
  EXPECT_EQ(taken, 3);
}

TEST(TokenBuckets, GainNothingFromAClockThatGoesBack) {
  TokenBuckets buckets(10);
  while (buckets.take("a", kRate, kNow)) {
  }
  EXPECT_FALSE(buckets.take("a", kRate, kNow - 1h));
}

TEST(TokenBuckets, ForgetWhomTheyHaveNotSeenForLongest) {
  TokenBuckets buckets(2);
  while (buckets.take("a", kRate, kNow)) {
  }
  EXPECT_TRUE(buckets.take("b", kRate, kNow));
  EXPECT_FALSE(buckets.take("a", kRate, kNow));
  EXPECT_TRUE(buckets.take("c", kRate, kNow)) << "b has to go";
  EXPECT_EQ(buckets.size(), 2u);
  EXPECT_FALSE(buckets.take("a", kRate, kNow));
}

}  // namespace
}  // namespace dnsserver
