#include "acmecore/order.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::Error;
using base::ErrorKind;
using base::Time;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();
constexpr std::chrono::hours kDay{24};

Authorization authorization(ChallengeStatus status) {
  Authorization made;
  made.id = "u";
  made.identifier = {"corp.test", false};
  made.created = kNow;
  made.expires = kNow + kDay;
  Challenge challenge;
  challenge.type = kDns01;
  challenge.token = "token";
  challenge.status = status;
  made.challenges = {challenge};
  return made;
}

Authorization failed(ErrorKind kind, const std::string& name) {
  Authorization made = authorization(ChallengeStatus::invalid);
  made.identifier.name = name;
  made.challenges[0].error = Error{kind, "asked for " + name, {}};
  return made;
}

Authorization deactivated(ChallengeStatus status) {
  Authorization made = authorization(status);
  made.deactivated = kNow;
  return made;
}

Authorization revoked(ChallengeStatus status) {
  Authorization made = authorization(status);
  made.revoked = kNow;
  return made;
}

Order order_of(size_t authorizations) {
  Order order;
  order.id = "o";
  order.created = kNow;
  order.expires = kNow + kDay;
  for (size_t i = 0; i < authorizations; ++i)
    order.authorizations.push_back("u" + std::to_string(i));
  return order;
}

// RFC 8555 §7.1.6, page 32.
TEST(Authorization, HasTheStatusOfItsChallengeUntilItExpiresOrIsDeactivated) {
  using S = ChallengeStatus;
  using A = AuthorizationStatus;
  struct Case {
    S challenge;
    bool deactivated;
    A before, after;  // the expiry
  };
  for (const Case& c :
       {Case{S::pending, false, A::pending, A::expired}, Case{S::processing, false, A::pending, A::expired},
        Case{S::valid, false, A::valid, A::expired}, Case{S::invalid, false, A::invalid, A::invalid},
        Case{S::pending, true, A::deactivated, A::deactivated},
        Case{S::valid, true, A::deactivated, A::deactivated},
        Case{S::invalid, true, A::deactivated, A::deactivated}}) {
    const Authorization made = c.deactivated ? deactivated(c.challenge) : authorization(c.challenge);
    EXPECT_EQ(status_of(made, kNow), c.before) << name_of(c.challenge);
    EXPECT_EQ(status_of(made, made.expires - std::chrono::milliseconds(1)), c.before) << name_of(c.challenge);
    EXPECT_EQ(status_of(made, made.expires), c.after) << name_of(c.challenge);
  }
}

TEST(Authorization, IsRevokedByAnOperatorForEver) {
  const Authorization made = revoked(ChallengeStatus::valid);
  EXPECT_EQ(status_of(made, kNow), AuthorizationStatus::revoked);
  EXPECT_EQ(status_of(made, made.expires), AuthorizationStatus::revoked);
  EXPECT_FALSE(is_proved(made));
  EXPECT_FALSE(may_be_reused(made, kDay, kNow));
  EXPECT_EQ(processing_challenge(revoked(ChallengeStatus::processing)), nullptr);
}

// RFC 8555 §7.1.6 has no way from expired to invalid, nor back.
TEST(Authorization, IsInvalidOrExpiredWhicheverCameFirst) {
  Authorization made = authorization(ChallengeStatus::invalid);
  for (const auto late : {std::chrono::milliseconds(-1), std::chrono::milliseconds(0)}) {
    made.challenges[0].validated = made.expires + late;
    const auto expected = late.count() < 0 ? AuthorizationStatus::invalid : AuthorizationStatus::expired;
    EXPECT_EQ(status_of(made, made.expires + std::chrono::hours(1)), expected);
  }
  made.deactivated = kNow;
  EXPECT_EQ(status_of(made, made.expires), AuthorizationStatus::deactivated);
}

TEST(Authorization, FindsItsChallengesByType) {
  Authorization made = authorization(ChallengeStatus::pending);
  EXPECT_EQ(made.find_challenge("dns-01"), &made.challenges[0]);
  EXPECT_EQ(made.find_challenge("http-01"), nullptr);
  EXPECT_EQ(processing_challenge(made), nullptr);
  made.challenges[0].status = ChallengeStatus::processing;
  EXPECT_EQ(processing_challenge(made), &made.challenges[0]);
  made.deactivated = kNow;
  EXPECT_EQ(processing_challenge(made), nullptr);
}

// RFC 8555 §8.1 and §8.4, recomputed with Python.
TEST(Authorization, ShowsTheDigestOfTheKeyAuthorization) {
  EXPECT_EQ(key_authorization("token", "thumbprint"), "token.thumbprint");
  EXPECT_EQ(dns01_value("evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA",
                        "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"),
            "lCM7cZyQXcVHK2nnW3jjAhNT3Fvm18UN-kWZZknKoYM");
}

// RFC 8555 §7.1.6, page 33: what is decided by the authorizations.
TEST(Order, FollowsItsAuthorizations) {
  using S = ChallengeStatus;
  struct Case {
    std::vector<Authorization> authorizations;
    OrderStatus status;
  };
  const std::vector<Case> cases{
      {{authorization(S::pending)}, OrderStatus::pending},
      {{authorization(S::processing)}, OrderStatus::pending},
      {{authorization(S::valid)}, OrderStatus::ready},
      {{authorization(S::invalid)}, OrderStatus::invalid},
      {{deactivated(S::valid)}, OrderStatus::invalid},
      {{deactivated(S::pending)}, OrderStatus::invalid},
      {{revoked(S::valid)}, OrderStatus::invalid},
      {{authorization(S::valid), revoked(S::valid)}, OrderStatus::invalid},
      {{authorization(S::valid), authorization(S::pending)}, OrderStatus::pending},
      {{authorization(S::valid), authorization(S::valid)}, OrderStatus::ready},
      {{authorization(S::valid), authorization(S::invalid)}, OrderStatus::invalid},
      {{authorization(S::pending), deactivated(S::valid)}, OrderStatus::invalid},
  };
  for (const Case& c : cases) {
    const Order order = order_of(c.authorizations.size());
    EXPECT_EQ(status_of(order, c.authorizations, kNow), c.status) << &c - &cases[0];
    EXPECT_EQ(status_of(order, c.authorizations, order.expires), OrderStatus::invalid) << &c - &cases[0];
    EXPECT_FALSE(is_settled(order));
  }
}

TEST(Order, IsInvalidWhenAnAuthorizationIsGoneOrExpired) {
  const std::vector<Authorization> one{authorization(ChallengeStatus::valid)};
  EXPECT_EQ(status_of(order_of(2), one, kNow), OrderStatus::invalid);
  std::vector<Authorization> expired{authorization(ChallengeStatus::valid)};
  expired[0].expires = kNow;
  EXPECT_EQ(status_of(order_of(1), expired, kNow), OrderStatus::invalid);
}

// What is decided by the order itself, whatever the authorizations and the time are.
TEST(Order, IsSettledByFinalizeAndWhatFollows) {
  const std::vector<Authorization> bad{authorization(ChallengeStatus::invalid)};
  Order order = order_of(1);
  order.intent = Intent{{"\x01"}, "digest", "spki", kNow};
  EXPECT_EQ(status_of(order, bad, kNow + 2 * kDay), OrderStatus::processing);
  EXPECT_TRUE(is_processing(order));
  EXPECT_TRUE(is_settled(order));
  Order broken = order;
  broken.error = Error{ErrorKind::internal, "", {}};
  EXPECT_EQ(status_of(broken, bad, kNow), OrderStatus::invalid);
  EXPECT_FALSE(is_processing(broken));
  order.certificate = Serial{"\x01"};
  EXPECT_EQ(status_of(order, bad, kNow + 2 * kDay), OrderStatus::valid);
  EXPECT_FALSE(is_processing(order));
}

TEST(Order, ThatWaitsForAPersonIsProcessingForAsLongAsItCouldBeFinalized) {
  const std::vector<Authorization> good{authorization(ChallengeStatus::valid)};
  Order order = order_of(1);
  order.approval = Approval{"digest", "spki", kNow, kNow + kDay / 2, std::nullopt, ""};
  EXPECT_TRUE(is_waiting(order));
  EXPECT_FALSE(is_processing(order));
  EXPECT_FALSE(is_settled(order));
  const auto before = order.approval->until - std::chrono::milliseconds(1);
  EXPECT_EQ(status_of(order, good, before), OrderStatus::processing);
  EXPECT_FALSE(problem_of(order, good, before));
  EXPECT_EQ(status_of(order, good, order.approval->until), OrderStatus::invalid);
  EXPECT_EQ(problem_of(order, good, order.approval->until), not_approved_in_time(*order.approval));
  const std::vector<Authorization> bad{revoked(ChallengeStatus::valid)};
  EXPECT_EQ(status_of(order, bad, kNow), OrderStatus::invalid);
  EXPECT_EQ(problem_of(order, bad, kNow)->suberrors.size(), 1u);

  Order approved = order;
  approved.intent = Intent{{"\x01"}, "digest", "spki", kNow};
  EXPECT_FALSE(is_waiting(approved));
  EXPECT_EQ(status_of(approved, bad, order.approval->until), OrderStatus::processing);
  order.error = rejected("why");
  EXPECT_FALSE(is_waiting(order));
  EXPECT_EQ(status_of(order, good, kNow), OrderStatus::invalid);
}

TEST(Order, SaysWhichAuthorizationsMadeItInvalid) {
  const std::vector<Authorization> good{authorization(ChallengeStatus::valid)};
  EXPECT_FALSE(problem_of(order_of(1), good, kNow));
  EXPECT_FALSE(problem_of(order_of(1), good, kNow + 2 * kDay)->detail.empty());

  const std::vector<Authorization> one{authorization(ChallengeStatus::valid),
                                       failed(ErrorKind::dns, "a.test")};
  const auto single = problem_of(order_of(2), one, kNow);
  ASSERT_TRUE(single);
  EXPECT_EQ(single->kind, ErrorKind::dns);
  EXPECT_EQ(single->detail, "asked for a.test");
  ASSERT_EQ(single->suberrors.size(), 1u);
  EXPECT_EQ(single->suberrors[0].identifier, "a.test");

  const std::vector<Authorization> two{failed(ErrorKind::unauthorized, "a.test"),
                                       failed(ErrorKind::dns, "b.test")};
  const auto several = problem_of(order_of(2), two, kNow);
  EXPECT_EQ(several->kind, ErrorKind::compound);
  EXPECT_EQ(several->suberrors.size(), 2u);

  Order broken = order_of(1);
  broken.error = Error{ErrorKind::internal, "the certificate could not be made", {}};
  EXPECT_EQ(problem_of(broken, good, kNow), broken.error);
}

}  // namespace
}  // namespace acmecore
