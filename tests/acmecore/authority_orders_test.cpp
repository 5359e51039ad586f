#include <algorithm>

#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::Error;
using base::ErrorKind;

class AuthorityOrdersTest : public AuthorityTest {};

// O51, O52
TEST_F(AuthorityOrdersTest, AnOrderHasAnAuthorizationForEachIdentifier) {
  const Account account = new_account();
  const OrderView view = new_order(account, {"Corp.test", "*.corp.test", "corp.TEST"});
  EXPECT_EQ(view.status, OrderStatus::pending);
  EXPECT_FALSE(view.error);
  EXPECT_EQ(view.order.identifiers, (std::vector<Identifier>{{"corp.test", false}, {"corp.test", true}}));
  EXPECT_EQ(view.order.expires, kNow + options_.order_lifetime);
  ASSERT_EQ(view.order.authorizations.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const auto found = run(authority_->authorization(account, view.order.authorizations[i])).value();
    EXPECT_EQ(found.status, AuthorizationStatus::pending);
    EXPECT_EQ(found.authorization.identifier, view.order.identifiers[i]);
    EXPECT_EQ(found.authorization.expires, view.order.expires);
    ASSERT_EQ(found.authorization.challenges.size(), 1u);
    EXPECT_EQ(found.authorization.challenges[0].type, "dns-01");
    EXPECT_EQ(found.authorization.challenges[0].status, ChallengeStatus::pending);
    EXPECT_EQ(found.authorization.challenges[0].token.size(), 22u);
  }
  EXPECT_EQ(order(account, view.order.id).order, view.order);
}

TEST_F(AuthorityOrdersTest, ABadOrderLeavesNothingBehind) {
  const Account account = new_account();
  NewOrderRequest request;
  EXPECT_EQ(error_of(authority_->new_order(account, request)), ErrorKind::malformed);
  request.identifiers = {{"dns", "corp.test"}, {"dns", "a_b.test"}};
  const auto refused = run(authority_->new_order(account, request));
  EXPECT_EQ(refused.error().kind, ErrorKind::malformed);
  EXPECT_EQ(refused.error().suberrors.size(), 1u);
  request.identifiers = {{"dns", "corp.test"}};
  request.validity.not_after = kNow - std::chrono::hours(1);
  EXPECT_EQ(error_of(authority_->new_order(account, request)), ErrorKind::malformed);
  request.validity = {};
  memory_.set_full(true);
  EXPECT_EQ(error_of(authority_->new_order(account, request)), ErrorKind::unavailable);
  EXPECT_TRUE(run(authority_->orders(account, ""))->found.empty());
}

// O48–O50, T30: what is another's looks like what is not there.
TEST_F(AuthorityOrdersTest, AnothersResourcesAreNotFound) {
  const Account owner = new_account();
  const IssuedCertificate certificate = issue(owner, {"corp.test"});
  const OrderView view = new_order(owner, {"www.corp.test"});
  const std::string& id = view.order.authorizations[0];
  const Account stranger = new_account();

  const auto same = [](const auto& anothers, const auto& absent) {
    EXPECT_EQ(anothers.error(), absent.error());
    EXPECT_EQ(anothers.error().kind, ErrorKind::not_found);
  };
  same(run(authority_->order(stranger, view.order.id)), run(authority_->order(owner, "absent")));
  same(run(authority_->finalize(stranger, view.order.id, "", {})),
       run(authority_->finalize(owner, "absent", "", {})));
  same(run(authority_->authorization(stranger, id)), run(authority_->authorization(owner, "absent")));
  same(run(authority_->deactivate_authorization(stranger, id)),
       run(authority_->deactivate_authorization(owner, "absent")));
  same(run(authority_->respond(stranger, id, "dns-01", {})),
       run(authority_->respond(owner, "absent", "dns-01", {})));
  same(run(authority_->certificate(stranger, certificate.serial)),
       run(authority_->certificate(owner, Serial{"\x01"})));
  EXPECT_EQ(authorization(id).challenges[0].status, ChallengeStatus::pending);
}

TEST_F(AuthorityOrdersTest, AnOrderGoesFromPendingToReadyAsItsAuthorizationsDo) {
  const Account account = new_account();
  const OrderView view = new_order(account, {"corp.test", "*.corp.test"});
  prove(account, view.order.authorizations[0]);
  EXPECT_EQ(order(account, view.order.id).status, OrderStatus::pending);
  prove(account, view.order.authorizations[1]);
  EXPECT_EQ(order(account, view.order.id).status, OrderStatus::ready);
}

TEST_F(AuthorityOrdersTest, AnOrderWithAFailedAuthorizationIsInvalidAndSaysWhatWasSeen) {
  const Account account = new_account();
  const OrderView view = new_order(account, {"corp.test", "www.corp.test"});
  prove(account, view.order.authorizations[0]);
  validation_->publish("www.corp.test", "something else");
  respond(account, view.order.authorizations[1]);
  const OrderView invalid = order(account, view.order.id);
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  ASSERT_TRUE(invalid.error);
  EXPECT_EQ(invalid.error->kind, ErrorKind::unauthorized);
  EXPECT_NE(invalid.error->detail.find("\"something else\""), std::string::npos) << invalid.error->detail;
  ASSERT_EQ(invalid.error->suberrors.size(), 1u);
  EXPECT_EQ(invalid.error->suberrors[0].identifier, "www.corp.test");
}

TEST_F(AuthorityOrdersTest, AnOrderExpires) {
  const Account account = new_account();
  const OrderView view = new_order(account, {"corp.test"});
  clock_.advance(options_.order_lifetime);
  EXPECT_EQ(order(account, view.order.id).status, OrderStatus::invalid);
  EXPECT_EQ(run(authority_->authorization(account, view.order.authorizations[0]))->status,
            AuthorizationStatus::expired);
}

TEST_F(AuthorityOrdersTest, ADeactivatedAuthorizationMakesItsOrderInvalid) {
  const Account account = new_account();
  const OrderView view = ready_order(account, {"corp.test", "*.corp.test"});
  const std::string& id = view.order.authorizations[1];
  store_.next_commits({ErrorKind::conflict});
  EXPECT_EQ(run(authority_->deactivate_authorization(account, id))->status, AuthorizationStatus::deactivated);
  EXPECT_EQ(run(authority_->deactivate_authorization(account, id))->status, AuthorizationStatus::deactivated);
  EXPECT_EQ(order(account, view.order.id).status, OrderStatus::invalid);
  EXPECT_EQ(error_of(finalize(account, view, csr_for({"corp.test", "*.corp.test"}))),
            ErrorKind::order_not_ready);
}

TEST_F(AuthorityOrdersTest, OnlyAPendingOrValidAuthorizationIsDeactivated) {
  const Account account = new_account();
  const OrderView view = new_order(account, {"a.corp.test", "b.corp.test", "c.corp.test"});
  const auto deactivate = [&](size_t i) {
    return error_of(authority_->deactivate_authorization(account, view.order.authorizations[i]));
  };
  EXPECT_EQ(deactivate(0), kNone);
  respond(account, view.order.authorizations[1]);  // fails
  EXPECT_EQ(deactivate(1), ErrorKind::malformed);
  clock_.advance(options_.order_lifetime);
  EXPECT_EQ(deactivate(2), ErrorKind::malformed);
}

TEST_F(AuthorityOrdersTest, AnAccountsOrdersAreListedInPagesWithoutTheInvalid) {
  const Account account = new_account();
  new_order(new_account(), {"other.test"});
  std::vector<std::string> ids;
  for (size_t i = 0; i < kOrdersPageMax + 1; ++i) {
    ids.push_back(new_order(account, {"corp.test"}).order.id);
    clock_.advance(std::chrono::milliseconds(1));
  }
  respond(account, run(records_.order(ids[1]))->value.authorizations[0]);  // fails
  const auto first = run(authority_->orders(account, "")).value();
  EXPECT_EQ(first.found.size(), kOrdersPageMax - 1);
  EXPECT_EQ(first.found[0], ids[0]);
  EXPECT_EQ(first.found[1], ids[2]);
  const auto second = run(authority_->orders(account, first.next)).value();
  EXPECT_EQ(second.found, (std::vector<std::string>{ids.back()}));
  EXPECT_EQ(second.next, "");
}

}  // namespace
}  // namespace acmecore
