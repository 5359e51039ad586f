#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using std::chrono::hours;

class AuthorityReuseTest : public AuthorityTest {
 protected:
  AuthorityReuseTest() {
    options_.authorization_reuse = hours(10 * 24);
    restart();
    account_ = new_account();
  }

  // The authorization of an order for one name.
  std::string authorization_for(const std::string& name) {
    return new_order(account_, {name}).order.authorizations[0];
  }
  std::string proved(const std::string& name) {
    const std::string id = authorization_for(name);
    prove(account_, id);
    return id;
  }
  base::Task<base::Result<AuthorizationView>> new_authorization(const std::string& name,
                                                                const std::string& type = "dns") {
    RequestedIdentifier requested{type, name};
    return authority_->new_authorization(account_, std::move(requested));
  }

  Account account_;
};

TEST_F(AuthorityReuseTest, AnOrderReliesOnWhatIsValidAlready) {
  const std::string id = proved("corp.test");
  const OrderView view = new_order(account_, {"corp.test"});
  EXPECT_EQ(view.order.authorizations, (std::vector<std::string>{id}));
  EXPECT_EQ(view.status, OrderStatus::ready);
  EXPECT_EQ(order(account_, view.order.id).status, OrderStatus::ready);
  EXPECT_EQ(run(finalize(account_, view, csr_for({"corp.test"})))->status, OrderStatus::valid);
}

TEST_F(AuthorityReuseTest, AnOrderHasNewOnesForTheOtherNames) {
  const std::string id = proved("corp.test");
  const OrderView view = new_order(account_, {"www.corp.test", "corp.test"});
  EXPECT_EQ(view.status, OrderStatus::pending);
  ASSERT_EQ(view.order.authorizations.size(), 2u);
  EXPECT_EQ(view.order.authorizations[1], id);
  EXPECT_EQ(authorization(view.order.authorizations[0]).identifier.name, "www.corp.test");
  prove(account_, view.order.authorizations[0]);
  EXPECT_EQ(order(account_, view.order.id).status, OrderStatus::ready);
}

TEST_F(AuthorityReuseTest, WithoutTheRuleEachOrderHasItsOwn) {
  options_.authorization_reuse = hours(0);
  restart();
  const std::string id = proved("corp.test");
  EXPECT_NE(authorization_for("corp.test"), id);
}

// RFC 8555 §7.1.4: a wildcard and its base are two identifiers.
TEST_F(AuthorityReuseTest, AWildcardAndItsBaseDoNotStandForEachOther) {
  const std::string base = proved("corp.test");
  EXPECT_NE(authorization_for("*.corp.test"), base);
  const std::string wildcard = proved("*.www.corp.test");
  EXPECT_NE(authorization_for("www.corp.test"), wildcard);
  EXPECT_NE(authorization_for("a.www.corp.test"), wildcard);
  EXPECT_EQ(authorization_for("*.www.corp.test"), wildcard);
}

TEST_F(AuthorityReuseTest, AnothersAuthorizationIsNotReliedOn) {
  const std::string id = proved("corp.test");
  account_ = new_account();
  EXPECT_NE(authorization_for("corp.test"), id);
}

TEST_F(AuthorityReuseTest, WhatIsNotValidIsNotReliedOn) {
  const std::string pending = authorization_for("corp.test");
  EXPECT_NE(authorization_for("corp.test"), pending);
  const std::string deactivated = proved("corp.test");
  run(authority_->deactivate_authorization(account_, deactivated)).value();
  EXPECT_NE(authorization_for("corp.test"), deactivated);
  const std::string failed = authorization_for("www.corp.test");
  respond(account_, failed);
  EXPECT_NE(authorization_for("www.corp.test"), failed);
}

TEST_F(AuthorityReuseTest, TheProofMustBeNewEnough) {
  const std::string id = proved("corp.test");
  clock_.advance(options_.authorization_reuse - std::chrono::milliseconds(1));
  EXPECT_EQ(authorization_for("corp.test"), id);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_NE(authorization_for("corp.test"), id);
}

TEST_F(AuthorityReuseTest, ItMustLastForAWhile) {
  options_.authorization_lifetime = hours(48);
  restart();
  const std::string id = proved("corp.test");
  clock_.advance(hours(47));
  const OrderView view = new_order(account_, {"corp.test"});
  EXPECT_EQ(view.order.authorizations[0], id);
  EXPECT_EQ(view.order.expires, authorization(id).expires);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_NE(authorization_for("corp.test"), id);
}

TEST_F(AuthorityReuseTest, TheNewestOfSeveralIsReliedOn) {
  const std::string first = authorization_for("corp.test");
  clock_.advance(hours(1));
  const std::string second = authorization_for("corp.test");
  prove(account_, first);
  prove(account_, second);
  EXPECT_EQ(authorization_for("corp.test"), second);
}

TEST_F(AuthorityReuseTest, OneThatIsDeactivatedAtTheSameTimeIsNotReliedOn) {
  const std::string id = proved("corp.test");
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto deactivated = co_await authority_->deactivate_authorization(account_, id);
    EXPECT_TRUE(deactivated);
  });
  const OrderView view = new_order(account_, {"corp.test"});
  EXPECT_NE(view.order.authorizations[0], id);
  EXPECT_EQ(view.status, OrderStatus::pending);
}

TEST_F(AuthorityReuseTest, DeactivationEndsEveryOrderThatReliesOnIt) {
  const std::string id = proved("corp.test");
  const OrderView view = new_order(account_, {"corp.test"});
  run(authority_->deactivate_authorization(account_, id)).value();
  EXPECT_EQ(order(account_, view.order.id).status, OrderStatus::invalid);
}

TEST_F(AuthorityReuseTest, ANameIsAuthorizedBeforeAnyOrder) {
  const AuthorizationView view = run(new_authorization("Corp.test")).value();
  EXPECT_EQ(view.status, AuthorizationStatus::pending);
  EXPECT_EQ(view.authorization.identifier, (Identifier{"corp.test", false}));
  EXPECT_EQ(view.authorization.expires, kNow + options_.order_lifetime);
  EXPECT_EQ(authorization(view.authorization.id), view.authorization);
  prove(account_, view.authorization.id);
  EXPECT_EQ(new_order(account_, {"corp.test"}).status, OrderStatus::ready);
}

TEST_F(AuthorityReuseTest, OnlyWhatAnOrderCouldHaveIsAuthorizedBeforeIt) {
  EXPECT_EQ(error_of(new_authorization("*.corp.test")), ErrorKind::malformed);
  EXPECT_EQ(error_of(new_authorization("a_b.test")), ErrorKind::malformed);
  EXPECT_EQ(error_of(new_authorization("localhost")), ErrorKind::rejected_identifier);
  EXPECT_EQ(error_of(new_authorization("corp.test", "email")), ErrorKind::unsupported_identifier);
}

TEST_F(AuthorityReuseTest, AnAccountThatAuthorizedANameStays) {
  store_.next_commits({ErrorKind::conflict});
  run(new_authorization("corp.test")).value();
  EXPECT_FALSE(run(records_.account(account_.id))->value.unused);
}

}  // namespace
}  // namespace acmecore
