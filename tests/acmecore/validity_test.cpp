#include "acmecore/validity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::Time;
using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00.789Z").value();
const Time kFarAway = kNow + hours(10 * 365 * 24);

TEST(Validity, IsExactlyTheLifetimeBothEndsIncluded) {
  const Validity validity = leaf_validity(kNow, kLeafLifetimeDefault, kFarAway).value();
  EXPECT_EQ(base::rfc3339(validity.not_before), "2026-11-23T03:30:00Z");
  EXPECT_EQ(base::rfc3339(validity.not_after), "2027-02-21T03:29:59Z");
  EXPECT_EQ(validity.not_after - validity.not_before + seconds(1), kLeafLifetimeDefault);
}

TEST(Validity, BeginsLessThan48HoursBeforeTheSignature) { EXPECT_LT(kBackdate, hours(48)); }

TEST(Validity, NeverEndsAfterTheIssuer) {
  const Time issuer_end = base::parse_rfc3339("2026-12-01T00:00:00Z").value();
  EXPECT_EQ(leaf_validity(kNow, kLeafLifetimeDefault, issuer_end)->not_after, issuer_end);
}

TEST(Validity, IsRefusedWhenTheIssuerEndsTooSoon) {
  const Time not_before = base::parse_rfc3339("2026-11-23T03:30:00Z").value();
  EXPECT_TRUE(leaf_validity(kNow, kLeafLifetimeDefault, not_before + kLeafLifetimeMin - seconds(1)));
  const auto late = leaf_validity(kNow, kLeafLifetimeDefault, not_before + kLeafLifetimeMin - seconds(2));
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().detail, HasSubstr("too soon"));
  EXPECT_FALSE(leaf_validity(kNow, kLeafLifetimeDefault, kNow - hours(1)));
}

TEST(Validity, ALifetimeBelowTheLeastIsRefused) {
  EXPECT_TRUE(leaf_validity(kNow, kLeafLifetimeMin, kFarAway));
  EXPECT_FALSE(leaf_validity(kNow, kLeafLifetimeMin - seconds(1), kFarAway));
  EXPECT_FALSE(leaf_validity(kNow, seconds(-1), kFarAway));
}

TEST(Validity, RenewalIsDueAfterTwoThirds) {
  const Validity validity{kNow, kNow + hours(30)};
  EXPECT_FALSE(due_for_renewal(validity, kNow + hours(20) - seconds(1)));
  EXPECT_TRUE(due_for_renewal(validity, kNow + hours(20)));
  EXPECT_TRUE(due_for_renewal(validity, kNow + hours(40)));
}

}  // namespace
}  // namespace acmecore
