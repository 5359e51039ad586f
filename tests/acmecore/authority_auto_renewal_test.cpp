#include <gmock/gmock.h>

#include "acmecore/auto_renewal_order.h"
#include "tests/acmecore/authority_fixture.h"

// Short-term certificates that renew themselves (STAR, RFC 8739).
namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorKind;
using base::Time;
using std::chrono::days;
using testing::HasSubstr;
using testing::SizeIs;

const std::vector<std::string> kNames = {"corp.test"};

// Lifetimes of a day, each certificate there 14 hours and 24 minutes before its nominal renewal date.
class AuthorityAutoRenewalTest : public AuthorityTest {
 protected:
  static constexpr auto kLead = 14h + 24min;

  base::Result<OrderView> order_for(RequestedAutoRenewal requested, RequestedValidity validity = {}) {
    NewOrderRequest request;
    request.identifiers = {{"dns", "corp.test"}};
    request.auto_renewal = requested;
    request.auto_renewal_rule = {.max_duration = days(20), .min_lifetime = 2h, .allow_certificate_get = true};
    request.validity = validity;
    return run(authority_->new_order(account_, std::move(request)));
  }
  static RequestedAutoRenewal daily() {
    RequestedAutoRenewal requested;
    requested.end_date = kNow + days(4);
    requested.lifetime = 86400;
    requested.allow_certificate_get = true;
    return requested;
  }

  // An order that has its first certificate.
  OrderView start(const RequestedAutoRenewal& requested = daily(), EVP_PKEY* key = nullptr) {
    const OrderView created = order_for(requested).value();
    for (const std::string& id : created.order.authorizations)
      prove(account_, id);
    return run(finalize(account_, created, csr_for(kNames, key))).value();
  }

  void sweep() {
    EXPECT_TRUE(run(authority_->sweep()));
    run_background();
  }
  void sweep_at(Time time) {
    clock_.advance(time - clock_.now());
    sweep();
  }

  base::Result<StarCertificate> star(const std::string& id) {
    return run(authority_->star_certificate(account_.id, id));
  }
  ErrorKind star_error(const std::string& id) {
    const auto found = star(id);
    return found ? kNone : found.error().kind;
  }
  Validity validity(const std::string& id) { return star(id).value().validity; }
  Order stored(const std::string& id) { return run(records_.order(id)).value().value; }

  // Serials of certificates that were given out.
  size_t issued() {
    storage::Range range;
    range.prefix = "x";
    return run(store_.list(range))->size();
  }

  const Account account_ = new_account();
};

TEST_F(AuthorityAutoRenewalTest, IssuesTheFirstAtFinalize) {
  const OrderView view = start();
  EXPECT_EQ(view.status, OrderStatus::valid);
  EXPECT_EQ(view.order.expires, kNow + days(4));
  const StarCertificate first = star(view.order.id).value();
  EXPECT_EQ(first.validity, (Validity{test_issuer().certificate().validity.not_before, kNow + days(1)}));
  EXPECT_EQ(first.next, kNow + days(1) - kLead);
  const Certificate certificate = parse_certificate(first.chain.der).value();
  EXPECT_EQ(certificate.validity, first.validity);
  EXPECT_THAT(first.chain.pem, HasSubstr("-----BEGIN CERTIFICATE-----"));
  EXPECT_TRUE(run(records_.certificate(certificate.serial))->value.auto_renewed);
}

TEST_F(AuthorityAutoRenewalTest, RenewsWithTheSameKeyUntilItsEnd) {
  const OrderView view = start();
  const std::string& id = view.order.id;
  const base::Bytes key = parse_certificate(star(id)->chain.der)->spki_der;
  for (int period = 1; period < 4; ++period) {
    const Time due = kNow + days(period) - kLead;
    sweep_at(due - 1ms);
    EXPECT_EQ(issued(), size_t(period));
    sweep_at(due);
    EXPECT_EQ(issued(), size_t(period) + 1);
    sweep_at(due + 1min);
    EXPECT_EQ(issued(), size_t(period) + 1);
    EXPECT_EQ(validity(id), (Validity{due, kNow + days(period + 1)}));
    EXPECT_EQ(parse_certificate(star(id)->chain.der)->spki_der, key);
    EXPECT_EQ(order(account_, id).status, OrderStatus::valid);
  }
  sweep_at(kNow + days(4) - 1ms);
  EXPECT_TRUE(star(id));
  sweep_at(kNow + days(4));
  EXPECT_EQ(issued(), 4u);
  EXPECT_EQ(star_error(id), ErrorKind::auto_renewal_expired);
  EXPECT_EQ(order(account_, id).status, OrderStatus::valid);  // §3.3
  sweep_at(kNow + days(4) + kExpiredRetention);
  EXPECT_EQ(star_error(id), ErrorKind::not_found);
}

TEST_F(AuthorityAutoRenewalTest, RenewsAfterARestartAndMakesUpForNothing) {
  const OrderView view = start();
  restart();
  sweep_at(kNow + days(3));
  EXPECT_EQ(issued(), 2u);
  EXPECT_EQ(validity(view.order.id), (Validity{kNow + days(3) - kLead, kNow + days(4)}));
  sweep();
  EXPECT_EQ(issued(), 2u);
}

// The intent is kept and the certificate is not, as when a process ends between them.
TEST_F(AuthorityAutoRenewalTest, ARenewalThatWasCutShortGetsAnotherSerial) {
  const OrderView view = start();
  const std::string& id = view.order.id;
  clock_.advance(days(1) - kLead);
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  sweep();
  const Order cut = stored(id);
  ASSERT_TRUE(is_renewing(cut));
  EXPECT_EQ(issued(), 1u);
  EXPECT_EQ(order(account_, id).status, OrderStatus::valid);
  EXPECT_EQ(validity(id).not_after, kNow + days(1));  // the one before
  restart();
  sweep();
  EXPECT_EQ(issued(), 2u);
  const Order renewed = stored(id);
  EXPECT_FALSE(is_renewing(renewed));
  EXPECT_THAT(renewed.abandoned, testing::ElementsAre(cut.intent->serial));
  EXPECT_NE(*renewed.certificate, cut.intent->serial);
  EXPECT_EQ(validity(id).not_after, kNow + days(2));
}

TEST_F(AuthorityAutoRenewalTest, TheFirstThatWasCutShortIsIssuedAfterARestart) {
  const OrderView created = order_for(daily()).value();
  prove(account_, created.order.authorizations[0]);
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(run(finalize(account_, created, csr_for(kNames)))->status, OrderStatus::processing);
  EXPECT_EQ(star_error(created.order.id), ErrorKind::not_found);
  restart();
  clock_.advance(1h);
  sweep();
  EXPECT_EQ(validity(created.order.id).not_after, kNow + 1h + days(1));
}

TEST_F(AuthorityAutoRenewalTest, IsCanceledAndNeverRenewsAgain) {
  const OrderView view = start();
  const std::string& id = view.order.id;
  clock_.advance(1h);
  const OrderView canceled = run(authority_->cancel(account_, id)).value();
  EXPECT_EQ(canceled.status, OrderStatus::canceled);
  EXPECT_EQ(canceled.order.expires, kNow + 1h);
  EXPECT_EQ(star_error(id), ErrorKind::auto_renewal_canceled);
  sweep_at(kNow + days(1));
  EXPECT_EQ(issued(), 1u);
  EXPECT_EQ(order(account_, id).status, OrderStatus::canceled);
  EXPECT_EQ(error_of(authority_->cancel(account_, id)), ErrorKind::auto_renewal_cancellation_invalid);
  sweep_at(kNow + 1h + kExpiredRetention);
  EXPECT_EQ(error_of(authority_->order(account_, id)), ErrorKind::not_found);
}

TEST_F(AuthorityAutoRenewalTest, OnlyAValidOrderOfTheAccountCanBeCanceled) {
  const OrderView pending = order_for(daily()).value();
  const auto error = [&](const Account& account, const std::string& id) {
    return error_of(authority_->cancel(account, id));
  };
  EXPECT_EQ(error(account_, pending.order.id), ErrorKind::auto_renewal_cancellation_invalid);
  EXPECT_EQ(error(new_account(), start().order.id), ErrorKind::not_found);
  const IssuedCertificate plain = issue(account_, kNames);
  EXPECT_EQ(error(account_, plain.order), ErrorKind::malformed);
  EXPECT_EQ(error(account_, "absent"), ErrorKind::not_found);
}

// The certificate was signed by then, and is given to nobody.
TEST_F(AuthorityAutoRenewalTest, ACancellationDuringARenewalWins) {
  const OrderView view = start();
  clock_.advance(days(1) - kLead);
  store_.before_next_commit([&]() -> base::Task<void> {
    store_.before_next_commit([&]() -> base::Task<void> {
      const auto canceled = co_await authority_->cancel(account_, view.order.id);
      EXPECT_TRUE(canceled);
    });
    co_return;
  });
  sweep();
  EXPECT_EQ(issued(), 1u);
  sweep_at(kNow + days(1));
  EXPECT_EQ(issued(), 1u);
  EXPECT_EQ(order(account_, view.order.id).status, OrderStatus::canceled);
}

TEST_F(AuthorityAutoRenewalTest, EndsWithItsAccount) {
  const OrderView view = start();
  ASSERT_TRUE(run(authority_->deactivate_account(account_)));
  EXPECT_EQ(star_error(view.order.id), ErrorKind::auto_renewal_canceled);
  EXPECT_EQ(error_of(authority_->star_certificate(std::nullopt, view.order.id)),
            ErrorKind::auto_renewal_canceled);
  sweep_at(kNow + days(1) - kLead);
  sweep_at(kNow + days(2));
  EXPECT_EQ(issued(), 1u);
  EXPECT_EQ(stored(view.order.id).auto_renewal->failure->kind, ErrorKind::auto_renewal_canceled);
}

TEST_F(AuthorityAutoRenewalTest, WhatStandsAgainstARenewalMayGoAgain) {
  const OrderView view = start();
  const std::string& id = view.order.id;
  rules_.deny = {NamePattern::parse("corp.test").value()};
  restart();
  const Time due = kNow + days(1) - kLead;
  sweep_at(due);
  EXPECT_EQ(issued(), 1u);
  EXPECT_EQ(order(account_, id).status, OrderStatus::valid);
  EXPECT_EQ(validity(id).not_after, kNow + days(1));
  EXPECT_THAT(stored(id).abandoned, SizeIs(1));
  sweep_at(due + 1h);  // too early for another attempt
  EXPECT_THAT(stored(id).abandoned, SizeIs(1));
  rules_.deny.clear();
  restart();
  sweep_at(due + 1h + 12min);  // a twentieth of the lifetime
  EXPECT_EQ(issued(), 2u);
  EXPECT_EQ(validity(id).not_after, kNow + days(2));
}

TEST_F(AuthorityAutoRenewalTest, WhatThePolicyRefusesUntilTheLastCertificateHasEndedIsNotRenewedAnyMore) {
  const OrderView view = start();
  const std::string& id = view.order.id;
  rules_.deny = {NamePattern::parse("corp.test").value()};
  restart();
  sweep_at(kNow + days(1) - kLead);
  sweep_at(kNow + days(1) - 1min);
  EXPECT_TRUE(star(id)) << "the certificate before it is still valid";
  sweep_at(kNow + days(1));
  EXPECT_EQ(order(account_, id).status, OrderStatus::valid);
  EXPECT_EQ(star_error(id), ErrorKind::auto_renewal_expired);
  EXPECT_THAT(star(id).error().detail, HasSubstr("before its time"));
  rules_.deny.clear();
  restart();
  sweep_at(kNow + days(1) + 1h);
  EXPECT_EQ(issued(), 1u);
}

TEST_F(AuthorityAutoRenewalTest, AnAuthorizationThatIsDeactivatedStopsIt) {
  const OrderView view = start();
  ASSERT_TRUE(run(authority_->deactivate_authorization(account_, view.order.authorizations[0])));
  sweep_at(kNow + days(1) - kLead);
  EXPECT_EQ(issued(), 1u);
}

TEST_F(AuthorityAutoRenewalTest, EndsNoLaterThanWhatProvesItsNames) {
  options_.authorization_lifetime = days(2);
  restart();
  const OrderView view = start();
  EXPECT_EQ(view.order.auto_renewal->end_date, kNow + days(2));
  EXPECT_EQ(view.order.expires, kNow + days(2));
  sweep_at(kNow + days(1) - kLead);
  EXPECT_EQ(validity(view.order.id).not_after, kNow + days(2));
  sweep_at(kNow + days(2));
  EXPECT_EQ(issued(), 2u);
}

TEST_F(AuthorityAutoRenewalTest, ItsCertificatesAreNotRevoked) {
  const base::PkeyHandle key = make_p256();
  const OrderView view = start(daily(), key.get());
  const StarCertificate first = star(view.order.id).value();
  EXPECT_EQ(error_of(authority_->revoke(account_, first.chain.der, std::nullopt)),
            ErrorKind::auto_renewal_revocation_not_supported);
  EXPECT_TRUE(star(view.order.id));
  // But a key that others know is certified no more.
  const base::Bytes spki = parse_certificate(first.chain.der)->spki_der;
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki, first.chain.der, std::nullopt)),
            ErrorKind::auto_renewal_revocation_not_supported);
  sweep_at(kNow + days(1) - kLead);
  EXPECT_EQ(issued(), 1u);
}

TEST_F(AuthorityAutoRenewalTest, IsShownToWhomTheOrderSays) {
  const std::string open = start().order.id;
  RequestedAutoRenewal requested = daily();
  requested.allow_certificate_get = false;
  const std::string closed = start(requested).order.id;
  EXPECT_TRUE(run(authority_->star_certificate(std::nullopt, open)));
  EXPECT_EQ(error_of(authority_->star_certificate(std::nullopt, closed)), ErrorKind::unauthorized);
  EXPECT_TRUE(star(closed));
  const std::string other = new_account().id;
  EXPECT_EQ(error_of(authority_->star_certificate(other, open)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->star_certificate(std::nullopt, "absent")), ErrorKind::not_found);
  const IssuedCertificate plain = issue(account_, kNames);
  EXPECT_EQ(error_of(authority_->star_certificate(account_.id, plain.order)), ErrorKind::not_found);
}

TEST_F(AuthorityAutoRenewalTest, HasNoOtherDates) {
  EXPECT_TRUE(order_for(daily()));
  EXPECT_EQ(order_for(daily(), {.not_before = kNow}).error().kind, ErrorKind::malformed);
  EXPECT_EQ(order_for(daily(), {.not_after = kNow + days(4)}).error().kind, ErrorKind::malformed);
  NewOrderRequest elsewhere;
  elsewhere.identifiers = {{"dns", "corp.test"}};
  elsewhere.auto_renewal = daily();
  EXPECT_THAT(run(authority_->new_order(account_, std::move(elsewhere))).error().detail,
              HasSubstr("this directory has no certificates that renew themselves"));
}

TEST_F(AuthorityAutoRenewalTest, AFinalizeAfterItsEndIsAnInvalidOrder) {
  options_.order_lifetime = days(7);
  restart();
  const OrderView created = order_for(daily()).value();
  prove(account_, created.order.authorizations[0]);
  clock_.advance(days(4));
  const OrderView view = run(finalize(account_, created, csr_for(kNames))).value();
  EXPECT_EQ(view.status, OrderStatus::invalid);
  EXPECT_EQ(view.error->kind, ErrorKind::malformed);
  EXPECT_EQ(issued(), 0u);
}

}  // namespace
}  // namespace acmecore
