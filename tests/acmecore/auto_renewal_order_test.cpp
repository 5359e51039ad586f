#include "acmecore/auto_renewal_order.h"

#include <gtest/gtest.h>

#include "acmecore/record_codec.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorKind;
using base::Time;
using std::chrono::days;

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

// Of three days, a day each, whose first certificate was issued.
Order auto_renewal_order() {
  Order order;
  order.id = "o1";
  order.account = "a1";
  order.created = kNow;
  order.intent = Intent{{"\x01"}, "digest", "spki", kNow};
  order.certificate = order.intent->serial;
  AutoRenewal renewal;
  renewal.end_date = kNow + days(3);
  renewal.lifetime = days(1);
  renewal.lifetime_adjust = 15h;
  renewal.first = kNow;
  order.auto_renewal = renewal;
  note_issued(order, kNow + days(1));
  return order;
}

Order renewing_order() {
  Order order = auto_renewal_order();
  order.intent->serial = {"\x02"};
  return order;
}

const Error kRefusal{ErrorKind::rejected_identifier, "as the test wants"};

ErrorKind offer_error(const Order& order, Time now) {
  const auto offered = check_on_offer(order, now);
  return offered ? ErrorKind::internal : offered.error().kind;
}
constexpr ErrorKind kNone = ErrorKind::internal;

TEST(AutoRenewalOrder, IsLookedAtWhenTheNextCertificateIsDue) {
  Order order = auto_renewal_order();
  EXPECT_TRUE(renews_itself(order));
  EXPECT_FALSE(is_renewing(order));
  EXPECT_EQ(renewal_look(order), kNow + days(1) - 15h);
  EXPECT_EQ(order.expires, kNow + days(3));
  order.auto_renewal->period = 2;
  note_issued(order, kNow + days(3));
  EXPECT_EQ(renewal_look(order), std::nullopt);
  EXPECT_EQ(order.auto_renewal->valid_until, kNow + days(3));
}

TEST(AutoRenewalOrder, OthersAreNot) {
  Order plain = auto_renewal_order();
  plain.auto_renewal.reset();
  Order pending = auto_renewal_order();
  pending.certificate.reset();
  pending.intent.reset();
  Order canceled = renewing_order();
  canceled.auto_renewal->canceled = kNow;
  Order failed = renewing_order();
  failed.auto_renewal->failure = kRefusal;
  for (const Order& order : {plain, pending, canceled, failed}) {
    EXPECT_FALSE(renews_itself(order));
    EXPECT_FALSE(is_renewing(order));
    EXPECT_EQ(renewal_look(order), std::nullopt);
  }
  const base::Time expires = plain.expires;
  note_issued(plain, kNow + days(90));
  EXPECT_EQ(plain.expires, expires);
}

TEST(AutoRenewalOrder, ARenewalThatFailsIsTriedAgainAndTakesNoSerialTwice) {
  Order order = renewing_order();
  EXPECT_TRUE(is_renewing(order));
  note_not_issued(order, kRefusal, kNow + 9h);
  EXPECT_FALSE(is_renewing(order));
  EXPECT_TRUE(renews_itself(order));
  EXPECT_EQ(order.abandoned, std::vector<Serial>{{"\x02"}});
  EXPECT_EQ(renewal_look(order), kNow + 9h + 72min);
  EXPECT_EQ(order.error, std::nullopt);
}

// RFC 8739 §3.1.2: nothing but a cancellation leads away from valid.
TEST(AutoRenewalOrder, EndsWhenTheLastCertificateDoesAndStaysValid) {
  Order tried = renewing_order();
  note_not_issued(tried, kRefusal, kNow + days(1) - 1ms);
  EXPECT_TRUE(renews_itself(tried));
  EXPECT_EQ(renewal_look(tried), kNow + days(1));
  Order ended = renewing_order();
  note_not_issued(ended, kRefusal, kNow + days(1));
  EXPECT_FALSE(renews_itself(ended));
  EXPECT_EQ(ended.auto_renewal->failure, kRefusal);
  EXPECT_EQ(ended.expires, kNow + days(1));
  EXPECT_EQ(status_of(ended, {}, kNow), OrderStatus::valid);
  EXPECT_EQ(problem_of(ended, {}, kNow), std::nullopt);
  EXPECT_EQ(offer_error(ended, kNow), ErrorKind::auto_renewal_expired);
}

TEST(AutoRenewalOrder, TheFirstCertificatesFailureIsTheOrders) {
  Order order = renewing_order();
  order.certificate.reset();
  note_not_issued(order, kRefusal, kNow);
  EXPECT_EQ(order.error, kRefusal);
  EXPECT_EQ(status_of(order, {}, kNow), OrderStatus::invalid);
}

// RFC 8739 §3.1.1: valid as long as certificates are issued, and §3.3: after its end, too.
TEST(AutoRenewalOrder, IsValidUntilItIsCanceled) {
  Order order = renewing_order();
  EXPECT_EQ(status_of(order, {}, kNow), OrderStatus::valid);
  EXPECT_EQ(status_of(order, {}, kNow + days(4)), OrderStatus::valid);
  order.auto_renewal->canceled = kNow;
  EXPECT_EQ(status_of(order, {}, kNow), OrderStatus::canceled);
  EXPECT_EQ(name_of(OrderStatus::canceled), "canceled");
  EXPECT_EQ(problem_of(order, {}, kNow), std::nullopt);
}

TEST(AutoRenewalOrder, OffersItsCertificateWhileThatIsValid) {
  Order order = auto_renewal_order();
  EXPECT_EQ(offer_error(order, kNow + days(1)), kNone);
  EXPECT_EQ(offer_error(order, kNow + days(1) + 1ms), ErrorKind::auto_renewal_expired);
  order.auto_renewal->valid_until = kNow + days(3);
  EXPECT_EQ(offer_error(order, kNow + days(3) - 1ms), kNone);
  EXPECT_EQ(offer_error(order, kNow + days(3)), ErrorKind::auto_renewal_expired);
  order.auto_renewal->failure = kRefusal;
  EXPECT_EQ(offer_error(order, kNow), ErrorKind::auto_renewal_expired);
  order.auto_renewal->canceled = kNow;
  EXPECT_EQ(offer_error(order, kNow), ErrorKind::auto_renewal_canceled);
}

TEST(AutoRenewalOrder, IsReadAsItWasWritten) {
  Order order = renewing_order();
  EXPECT_EQ(decode_order("o1", encode(order)), order);
  order.auto_renewal->start_date = kNow - 1h;
  order.auto_renewal->allow_certificate_get = true;
  order.auto_renewal->period = 7;
  order.auto_renewal->canceled = kNow + 1h;
  order.auto_renewal->failure = kRefusal;
  EXPECT_EQ(decode_order("o1", encode(order)), order);
}

}  // namespace
}  // namespace acmecore
