#include "tests/acmecore/authority_fixture.h"

// Authorizations that count for the names below theirs (RFC 9444).
namespace acmecore {
namespace {

using base::ErrorKind;
using std::chrono::hours;

class AuthoritySubdomainsTest : public AuthorityTest {
 protected:
  AuthoritySubdomainsTest() {
    options_.authorization_reuse = hours(10 * 24);
    restart();
    account_ = new_account();
    directory_.subdomain_authorization = true;
  }

  static NewOrderRequest request_for(std::vector<RequestedIdentifier> identifiers) {
    NewOrderRequest request;
    request.identifiers = std::move(identifiers);
    request.subdomain_authorization = true;
    return request;
  }
  base::Result<OrderView> order_for(std::vector<RequestedIdentifier> identifiers) {
    return run(authority_->new_order(account_, request_for(std::move(identifiers))));
  }
  std::vector<std::string> authorizations_for(const std::string& name) {
    return order_for({{"dns", name}})->order.authorizations;
  }
  // A valid authorization of this name and all that is below it, before any order.
  std::string proved_with_subdomains(const std::string& name) {
    RequestedIdentifier requested{"dns", name};
    requested.subdomains = true;
    const auto view = run(authority_->new_authorization(account_, std::move(requested))).value();
    EXPECT_TRUE(view.authorization.subdomain_auth_allowed);
    prove(account_, view.authorization.id);
    return view.authorization.id;
  }

  Account account_;
};

TEST_F(AuthoritySubdomainsTest, AnOrderIsProvedByTheAncestorThatItNames) {
  const OrderView made = order_for({{"dns", "a.b.corp.test", "corp.test"}}).value();
  ASSERT_EQ(made.order.authorizations.size(), 1u);
  const Authorization authorization = this->authorization(made.order.authorizations[0]);
  EXPECT_EQ(authorization.identifier, (Identifier{"corp.test", false}));
  EXPECT_TRUE(authorization.subdomain_auth_allowed);
  EXPECT_EQ(made.order.identifiers[0].ancestor, "corp.test");
  prove(account_, authorization.id);
  EXPECT_EQ(run(finalize(account_, made, csr_for({"a.b.corp.test"})))->status, OrderStatus::valid);
}

TEST_F(AuthoritySubdomainsTest, NamesWithOneAncestorShareItsAuthorization) {
  const OrderView made = order_for({{"dns", "a.corp.test", "corp.test"},
                                    {"dns", "*.corp.test", "corp.test"},
                                    {"dns", "*.b.corp.test", "corp.test"},
                                    {"dns", "corp.test"},
                                    {"dns", "c.corp.test", "corp.test"}})
                             .value();
  ASSERT_EQ(made.order.authorizations.size(),
            2u);  // and one of its own for corp.test, which names no ancestor
  for (const std::string& id : made.order.authorizations)
    prove(account_, id);
  const auto names = {"a.corp.test", "*.corp.test", "*.b.corp.test", "corp.test", "c.corp.test"};
  EXPECT_EQ(run(finalize(account_, made, csr_for({names.begin(), names.end()})))->status, OrderStatus::valid);
}

// RFC 8555 §7.6
TEST_F(AuthoritySubdomainsTest, WhatCountsForNamesBelowRevokesTheirCertificates) {
  const IssuedCertificate certificate = issue(new_account(), {"a.b.corp.test", "*.corp.test"});
  const auto revoke = [&] { return error_of(authority_->revoke(account_, certificate.der, 0)); };
  prove(account_, run(authority_->new_authorization(account_, {"dns", "corp.test"}))->authorization.id);
  EXPECT_EQ(revoke(), ErrorKind::unauthorized);  // of corp.test alone
  proved_with_subdomains("b.corp.test");
  EXPECT_EQ(revoke(), ErrorKind::unauthorized);  // of one of the two
  proved_with_subdomains("corp.test");
  EXPECT_EQ(revoke(), kNone);
}

TEST_F(AuthoritySubdomainsTest, WhatIsAuthorizedWithAllBelowItCountsForNamesBelow) {
  const std::string id = proved_with_subdomains("corp.test");
  for (const char* name : {"corp.test", "a.corp.test", "*.corp.test", "a.b.c.corp.test", "*.b.corp.test"}) {
    const OrderView made = order_for({{"dns", name}}).value();
    EXPECT_EQ(made.order.authorizations, (std::vector<std::string>{id})) << name;
    EXPECT_EQ(run(finalize(account_, made, csr_for({name})))->status, OrderStatus::valid) << name;
  }
  const OrderView both = order_for({{"dns", "a.corp.test"}, {"dns", "*.a.corp.test", "a.corp.test"}}).value();
  EXPECT_EQ(both.order.authorizations, (std::vector<std::string>{id}));
  EXPECT_EQ(both.status, OrderStatus::ready);
  for (const char* name : {"test.test", "acorp.test", "a.corp.test.test", "*.acorp.test"})
    EXPECT_NE(authorizations_for(name)[0], id) << name;
}

TEST_F(AuthoritySubdomainsTest, TheNearestIsReliedOn) {
  const std::string corp = proved_with_subdomains("corp.test");
  const std::string team = proved_with_subdomains("team.corp.test");
  EXPECT_EQ(authorizations_for("a.team.corp.test")[0], team);
  EXPECT_EQ(authorizations_for("*.team.corp.test")[0], team);
  EXPECT_EQ(authorizations_for("a.corp.test")[0], corp);
}

TEST_F(AuthoritySubdomainsTest, WhatIsNotAuthorizedForAllBelowItCountsForItselfAlone) {
  const OrderView plain = order_for({{"dns", "corp.test"}}).value();
  prove(account_, plain.order.authorizations[0]);
  EXPECT_EQ(authorizations_for("corp.test"), plain.order.authorizations);
  EXPECT_NE(authorizations_for("a.corp.test"), plain.order.authorizations);
  EXPECT_NE(authorizations_for("*.corp.test"), plain.order.authorizations);
}

TEST_F(AuthoritySubdomainsTest, NothingCountsForNamesBelowWhereTheDirectoryHasNoSuchThing) {
  const std::string id = proved_with_subdomains("corp.test");
  NewOrderRequest request = request_for({{"dns", "a.corp.test"}});
  request.subdomain_authorization = false;
  EXPECT_NE(run(authority_->new_order(account_, request))->order.authorizations[0], id);
  options_.authorization_reuse = hours(0);
  restart();
  EXPECT_NE(authorizations_for("a.corp.test")[0], id);
}

TEST_F(AuthoritySubdomainsTest, AnothersDoesNotCount) {
  const std::string id = proved_with_subdomains("corp.test");
  account_ = new_account();
  EXPECT_NE(authorizations_for("a.corp.test")[0], id);
}

TEST_F(AuthoritySubdomainsTest, OnesThatEndCountNoMore) {
  const std::string id = proved_with_subdomains("corp.test");
  const OrderView relying = order_for({{"dns", "a.corp.test"}}).value();
  ASSERT_EQ(relying.status, OrderStatus::ready);
  run(authority_->deactivate_authorization(account_, id)).value();
  EXPECT_EQ(order(account_, relying.order.id).status, OrderStatus::invalid);
  EXPECT_EQ(error_of(finalize(account_, relying, csr_for({"a.corp.test"}))), ErrorKind::order_not_ready);
  EXPECT_NE(authorizations_for("a.corp.test")[0], id);

  const std::string other = proved_with_subdomains("corp.test");
  const OrderView late = order_for({{"dns", "a.corp.test"}}).value();
  ASSERT_EQ(late.order.authorizations[0], other);
  clock_.advance(authorization(other).expires - clock_.now());
  EXPECT_EQ(order(account_, late.order.id).status, OrderStatus::invalid);
}

TEST_F(AuthoritySubdomainsTest, FailuresAreThoseOfTheAncestor) {
  options_.pausing = {2, hours(24)};
  restart();
  for (const char* name : {"a.corp.test", "b.corp.test"}) {
    const OrderView failed = order_for({{"dns", name, "corp.test"}}).value();
    respond(account_, failed.order.authorizations[0]);
  }
  EXPECT_EQ(order_for({{"dns", "c.corp.test", "corp.test"}}).error().kind, ErrorKind::paused);
  EXPECT_EQ(order_for({{"dns", "corp.test"}}).error().kind, ErrorKind::paused);
  EXPECT_TRUE(order_for({{"dns", "c.corp.test"}}));

  options_.pausing = {};
  options_.limits.failed_validations = {1, hours(1)};
  restart();
  const OrderView failed = order_for({{"dns", "a.team.test", "team.test"}}).value();
  respond(account_, failed.order.authorizations[0]);
  EXPECT_EQ(order_for({{"dns", "b.team.test", "team.test"}}).error().kind, ErrorKind::rate_limited);
  EXPECT_TRUE(order_for({{"dns", "b.team.test"}}));
}

TEST_F(AuthoritySubdomainsTest, AProofOfANameIsNoneOfAnother) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"a.corp.test"});
  Stored<Order> other = run(records_.order(ready.order.id)).value();
  other->identifiers = {{"b.corp.test", false}};
  Changes changes;
  changes.update(other);
  ASSERT_TRUE(run(records_.commit(std::move(changes))));
  const auto refused = run(finalize(account, ready, csr_for({"b.corp.test"})));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::internal);
}

TEST_F(AuthoritySubdomainsTest, ThePolicyDecidesOnEachName) {
  rules_.deny = patterns({"**.pki.corp.test"});
  restart();
  proved_with_subdomains("corp.test");
  EXPECT_TRUE(order_for({{"dns", "a.corp.test"}}));
  for (const char* name : {"a.pki.corp.test", "*.pki.corp.test"})
    EXPECT_EQ(order_for({{"dns", name}}).error().kind, ErrorKind::rejected_identifier) << name;
  EXPECT_EQ(order_for({{"dns", "a.pki.corp.test", "corp.test"}}).error().kind,
            ErrorKind::rejected_identifier);
}

TEST_F(AuthoritySubdomainsTest, NobodyProvesAllBelowAPublicSuffix) {
  for (const char* suffix : {"co.uk", "kawasaki.jp"}) {
    const auto refused = order_for({{"dns", "a.b." + std::string(suffix), suffix}});
    ASSERT_FALSE(refused) << suffix;
    EXPECT_EQ(refused.error().kind, ErrorKind::rejected_identifier);
    RequestedIdentifier requested{"dns", suffix};
    EXPECT_TRUE(run(authority_->new_authorization(account_, requested)));
    requested.subdomains = true;
    EXPECT_EQ(error_of(authority_->new_authorization(account_, requested)), ErrorKind::rejected_identifier);
  }
  EXPECT_TRUE(order_for({{"dns", "a.corp.co.uk", "corp.co.uk"}}));
  EXPECT_TRUE(order_for({{"dns", "a.b.github.io", "github.io"}}));
  rules_.public_suffixes = PublicSuffixes::Section::icann_and_private;
  restart();
  EXPECT_EQ(order_for({{"dns", "a.b.github.io", "github.io"}}).error().kind, ErrorKind::rejected_identifier);
  rules_.for_subscribers = {{rules_, {account_.id}}};
  rules_.for_subscribers[0].public_suffixes.reset();
  restart();
  EXPECT_TRUE(order_for({{"dns", "a.b.github.io", "github.io"}}));
  RequestedIdentifier all_below{"dns", "github.io"};
  all_below.subdomains = true;
  EXPECT_TRUE(run(authority_->new_authorization(account_, all_below)));
}

TEST_F(AuthoritySubdomainsTest, ADirectorySaysWhetherTheyMayBeAskedFor) {
  RequestedIdentifier plain{"dns", "a.corp.test"}, below = plain, with_ancestor = plain;
  below.subdomains = true;
  with_ancestor.ancestor = "corp.test";
  const auto check = [this](const std::vector<RequestedIdentifier>& requested) {
    return Authority::check_subdomains(directory_, requested);
  };
  for (const RequestedIdentifier& one : {plain, below, with_ancestor})
    EXPECT_TRUE(check({plain, one}));
  directory_.subdomain_authorization = false;
  EXPECT_TRUE(check({plain, plain}));
  for (const RequestedIdentifier& one : {below, with_ancestor}) {
    const auto refused = check({plain, one});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::unauthorized);
  }
}

}  // namespace
}  // namespace acmecore
