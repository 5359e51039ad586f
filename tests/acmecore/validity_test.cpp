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
const Time kLongAgo = kNow - hours(365 * 24);
const Time kFarAway = kNow + hours(10 * 365 * 24);
const Validity kIssuer{kLongAgo, kFarAway};

Validity issuer_until(Time end) { return {kLongAgo, end}; }

TEST(Validity, IsExactlyTheLifetimeBothEndsIncluded) {
  const Validity validity = leaf_validity(kNow, kLeafLifetimeDefault, kIssuer).value();
  EXPECT_EQ(base::rfc3339(validity.not_before), "2026-11-23T03:30:00Z");
  EXPECT_EQ(base::rfc3339(validity.not_after), "2027-02-21T03:29:59Z");
  EXPECT_EQ(validity.not_after - validity.not_before + seconds(1), kLeafLifetimeDefault);
}

TEST(Validity, BeginsLessThan48HoursBeforeTheSignature) { EXPECT_LT(kBackdate, hours(48)); }

TEST(Validity, NeverEndsAfterTheIssuer) {
  const Time issuer_end = base::parse_rfc3339("2026-12-01T00:00:00Z").value();
  EXPECT_EQ(leaf_validity(kNow, kLeafLifetimeDefault, issuer_until(issuer_end))->not_after, issuer_end);
}

// Which may have been made just now.
TEST(Validity, NeverBeginsBeforeTheIssuer) {
  const Time begin = base::parse_rfc3339("2026-11-23T03:30:01Z").value();
  const Validity late{begin, kFarAway}, early{begin - seconds(1), kFarAway};
  EXPECT_EQ(leaf_validity(kNow, hours(24), late), (Validity{begin, begin + hours(24) - seconds(1)}));
  EXPECT_EQ(leaf_validity(kNow, hours(24), early)->not_before, begin - seconds(1));
}

TEST(Validity, IsRefusedWhenTheIssuerEndsTooSoon) {
  const Time not_before = base::parse_rfc3339("2026-11-23T03:30:00Z").value();
  EXPECT_TRUE(
      leaf_validity(kNow, kLeafLifetimeDefault, issuer_until(not_before + kLeafLifetimeMin - seconds(1))));
  const auto late =
      leaf_validity(kNow, kLeafLifetimeDefault, issuer_until(not_before + kLeafLifetimeMin - seconds(2)));
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().detail, HasSubstr("too soon"));
  EXPECT_FALSE(leaf_validity(kNow, kLeafLifetimeDefault, issuer_until(kNow - hours(1))));
}

TEST(Validity, ALifetimeBelowTheLeastIsRefused) {
  EXPECT_TRUE(leaf_validity(kNow, kLeafLifetimeMin, kIssuer));
  EXPECT_FALSE(leaf_validity(kNow, kLeafLifetimeMin - seconds(1), kIssuer));
  EXPECT_FALSE(leaf_validity(kNow, seconds(-1), kIssuer));
}

TEST(Validity, RenewalIsDueAfterTwoThirds) {
  const Validity validity{kNow, kNow + hours(30)};
  EXPECT_FALSE(due_for_renewal(validity, kNow + hours(20) - seconds(1)));
  EXPECT_TRUE(due_for_renewal(validity, kNow + hours(20)));
  EXPECT_TRUE(due_for_renewal(validity, kNow + hours(40)));
}

class RequestedValidityTest : public testing::Test {
 protected:
  static Time at(const std::string& text) { return base::parse_rfc3339(text).value(); }

  base::Result<Validity> validity(const RequestedValidity& requested, const ValidityRule& rule,
                                  hours backdate = kBackdate) {
    return leaf_validity(kNow, requested, rule, backdate, issuer_);
  }
  std::string refused(const RequestedValidity& requested, const ValidityRule& rule = kRule) {
    const auto result = validity(requested, rule);
    if (result) return "not refused";
    EXPECT_EQ(result.error().kind, base::ErrorKind::malformed);
    return result.error().detail;
  }

  static constexpr ValidityRule kRule{
      .lifetime = hours(240), .lifetime_max = hours(480), .ahead_max = hours(24)};
  Validity issuer_ = kIssuer;
};

TEST_F(RequestedValidityTest, NothingAskedForIsTheRule) {
  EXPECT_EQ(validity({}, kRule), leaf_validity(kNow, kRule.lifetime, kIssuer));
}

TEST_F(RequestedValidityTest, BelowAnIssuerThatIsAMinuteOldItBeginsWithIt) {
  issuer_.not_before = at("2026-11-23T04:29:00Z");
  EXPECT_EQ(validity({}, kRule)->not_before, issuer_.not_before);
  EXPECT_EQ(validity({{}, at("2026-12-01T00:00:00Z")}, kRule)->not_before, issuer_.not_before);
}

TEST_F(RequestedValidityTest, IsWhatWasAskedFor) {
  const Time begin = at("2026-11-23T12:00:00Z"), end = at("2026-12-01T00:00:00Z");
  EXPECT_EQ(validity({begin, end}, kRule), (Validity{begin, end}));
  EXPECT_EQ(validity({begin, {}}, kRule), (Validity{begin, begin + hours(240) - seconds(1)}));
  EXPECT_EQ(validity({{}, end}, kRule), (Validity{at("2026-11-23T03:30:00Z"), end}));
}

TEST_F(RequestedValidityTest, NotBeforeHasBoundsThatAreTold) {
  EXPECT_TRUE(validity({at("2026-11-23T03:30:00Z"), {}}, kRule));
  EXPECT_TRUE(validity({at("2026-11-24T04:30:00Z"), {}}, kRule));
  EXPECT_EQ(refused({at("2026-11-23T03:29:59Z"), {}}),
            "\"notBefore\" is 2026-11-23T03:29:59Z; it has to be from 2026-11-23T03:30:00Z to "
            "2026-11-24T04:30:00Z");
  EXPECT_THAT(refused({at("2026-11-24T04:30:01Z"), {}}), HasSubstr("to 2026-11-24T04:30:00Z"));
}

TEST_F(RequestedValidityTest, NotAfterHasBoundsThatAreTold) {
  const Time begin = at("2026-11-23T04:00:00Z");
  EXPECT_TRUE(validity({begin, at("2026-11-23T05:59:59Z")}, kRule));
  EXPECT_TRUE(validity({begin, at("2026-12-13T03:59:59Z")}, kRule));
  EXPECT_EQ(
      refused({begin, at("2026-11-23T05:59:58Z")}),
      "\"notAfter\" is 2026-11-23T05:59:58Z; it has to be from 2026-11-23T05:59:59Z to 2026-12-13T03:59:59Z");
  EXPECT_THAT(refused({begin, at("2026-12-13T04:00:00Z")}), HasSubstr("to 2026-12-13T03:59:59Z"));
  EXPECT_THAT(refused({{}, at("2020-01-01T00:00:00Z")}), HasSubstr("\"notAfter\" is 2020"));
  EXPECT_THAT(refused({begin, begin - seconds(1)}), HasSubstr("\"notAfter\""));
}

TEST_F(RequestedValidityTest, WithoutAMaximumTheLifetimeIsIt) {
  const ValidityRule rule{.lifetime = hours(240)};
  const Time begin = at("2026-11-23T04:00:00Z");
  EXPECT_TRUE(validity({begin, begin + hours(240) - seconds(1)}, rule));
  EXPECT_FALSE(validity({begin, begin + hours(240)}, rule));
}

TEST_F(RequestedValidityTest, IsWithinTheIssuers) {
  issuer_ = {at("2026-11-23T04:00:00Z"), at("2026-11-24T00:00:00Z")};
  const Time begin = at("2026-11-23T05:00:00Z");
  EXPECT_EQ(validity({begin, {}}, kRule), (Validity{begin, issuer_.not_after}));
  EXPECT_THAT(refused({begin, issuer_.not_after + seconds(1)}), HasSubstr("to 2026-11-24T00:00:00Z"));
  EXPECT_THAT(refused({at("2026-11-23T03:59:59Z"), {}}), HasSubstr("from 2026-11-23T04:00:00Z"));
  EXPECT_THAT(refused({at("2026-11-23T23:00:00Z"), {}}), HasSubstr("to 2026-11-23T22:00:01Z"));
  EXPECT_EQ(validity({{}, issuer_.not_after}, kRule), issuer_);
}

// A certificate cannot say them, and one that says something else is not what was asked for.
TEST_F(RequestedValidityTest, FractionsOfSecondsAreRefused) {
  EXPECT_THAT(refused({at("2026-11-23T04:30:00.5Z"), {}}), HasSubstr("whole seconds"));
  EXPECT_THAT(refused({{}, at("2026-11-25T04:30:00.001Z")}), HasSubstr("whole seconds"));
  EXPECT_TRUE(validity({at("2026-11-23T04:30:00.000Z"), {}}, kRule));
}

TEST_F(RequestedValidityTest, IssuanceMayComeLater) {
  const Time begin = kNow - hours(40);
  const RequestedValidity requested{std::chrono::floor<seconds>(begin), {}};
  EXPECT_FALSE(validity(requested, kRule, kBackdate));
  EXPECT_TRUE(validity(requested, kRule, kBackdateMax));
  EXPECT_FALSE(
      validity({std::chrono::floor<seconds>(kNow) - hours(48) - seconds(1), {}}, kRule, kBackdateMax));
}

}  // namespace
}  // namespace acmecore
