#include "tests/acmecore/authority_fixture.h"

// The policy at work: at an order, at finalize, and at what is about to be signed.
namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityPolicyTest : public AuthorityTest {
 protected:
  base::Result<OrderView> order_for(const Account& account, const std::vector<std::string>& names) {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    return run(authority_->new_order(account, std::move(request)));
  }
};

TEST_F(AuthorityPolicyTest, AnOrderIsRefusedForEachNameThatThePolicyRefuses) {
  rules_.deny = patterns({"**.denied.test"});
  restart();
  const Account account = new_account();
  EXPECT_TRUE(order_for(account, {"a.corp.test", "denied.test"}));
  const auto refused = order_for(account, {"a.corp.test", "a.denied.test", "*.denied.test"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(refused.error().suberrors.size(), 2u);
  EXPECT_EQ(refused.error().suberrors[0].identifier, "a.denied.test");
  EXPECT_EQ(refused.error().suberrors[1].identifier, "*.denied.test");
  EXPECT_EQ(run(authority_->orders(account, ""))->found.size(), 1u);
}

TEST_F(AuthorityPolicyTest, AnAccountHasTheNamesThatItsOwnRulesAllow) {
  const Account team = new_account();
  const Account other = new_account();
  PolicyRules::ForSubscribers rules;
  rules.accounts = {team.id};
  rules.allow = patterns({"**.team.test"});
  rules_.for_subscribers = {rules};
  rules_.allow = patterns({"**.corp.test"});
  restart();
  EXPECT_TRUE(order_for(team, {"a.team.test"}));
  EXPECT_FALSE(order_for(team, {"a.corp.test"}));
  EXPECT_TRUE(order_for(other, {"a.corp.test"}));
  EXPECT_FALSE(order_for(other, {"a.team.test"}));
}

TEST_F(AuthorityPolicyTest, AnAuthorizationBeforeAnyOrderIsHeldToThePolicy) {
  rules_.deny = patterns({"**.denied.test"});
  restart();
  const Account account = new_account();
  EXPECT_TRUE(run(authority_->new_authorization(account, {"dns", "denied.test"})));
  EXPECT_EQ(error_of(authority_->new_authorization(account, {"dns", "a.denied.test"})),
            ErrorKind::rejected_identifier);
}

TEST_F(AuthorityPolicyTest, RulesForAnExternalAccountKeyAreForTheAccountsThatItMade) {
  Account bound = new_account();
  bound.external_account = ExternalAccount{"team-key", "{}"};
  PolicyRules::ForSubscribers rules;
  rules.external_accounts = {"team-key"};
  rules.allow = patterns({"**.team.test"});
  rules_.for_subscribers = {rules};
  restart();
  EXPECT_TRUE(order_for(bound, {"a.team.test"}));
  EXPECT_FALSE(order_for(bound, {"a.corp.test"}));
  EXPECT_TRUE(order_for(new_account(), {"a.corp.test"}));
}

TEST_F(AuthorityPolicyTest, AKeyOfAnotherTypeIsABadCsrAndLeavesTheOrderReady) {
  rules_.key_types = {KeyType::p384};
  restart();
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}))), ErrorKind::bad_csr);
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
  const base::PkeyHandle key = make_ec("P-384");
  EXPECT_EQ(run(finalize(account, ready, csr_for({"corp.test"}, key.get())))->status, OrderStatus::valid);
}

TEST_F(AuthorityPolicyTest, AnAccountHasTheKeysThatItsOwnRulesCertify) {
  const Account team = new_account();
  const Account other = new_account();
  rules_.for_subscribers = {{rules_, {team.id}}};
  rules_.key_types = {KeyType::p384};
  restart();
  const OrderView ours = ready_order(team, {"a.corp.test"});
  EXPECT_EQ(run(finalize(team, ours, csr_for({"a.corp.test"})))->status, OrderStatus::valid);
  const OrderView theirs = ready_order(other, {"a.corp.test"});
  EXPECT_EQ(error_of(finalize(other, theirs, csr_for({"a.corp.test"}))), ErrorKind::bad_csr);
}

TEST_F(AuthorityPolicyTest, WhatIsAboutToBeSignedIsHeldToTheRulesOfItsAccount) {
  const Account team = new_account();
  const Account other = new_account();
  const OrderView ours = ready_order(team, {"*.corp.test"});
  const OrderView theirs = ready_order(other, {"*.corp.test"});
  rules_.for_subscribers = {{rules_, {team.id}}};
  rules_.for_subscribers[0].wildcards = false;
  restart();
  const OrderView refused = run(finalize(team, ours, csr_for({"*.corp.test"}))).value();
  EXPECT_EQ(refused.status, OrderStatus::invalid);
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->kind, ErrorKind::rejected_identifier);
  EXPECT_EQ(run(finalize(other, theirs, csr_for({"*.corp.test"})))->status, OrderStatus::valid);
}

TEST_F(AuthorityPolicyTest, WhatIsAboutToBeSignedIsHeldToThePolicyOfThatMoment) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"a.corp.test", "b.corp.test"});
  rules_.deny = patterns({"b.corp.test"});
  restart();
  const OrderView refused = run(finalize(account, ready, csr_for({"a.corp.test", "b.corp.test"}))).value();
  EXPECT_EQ(refused.status, OrderStatus::invalid);
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(refused.error->suberrors.size(), 1u);
  EXPECT_EQ(refused.error->suberrors[0].identifier, "b.corp.test");
  EXPECT_FALSE(run(records_.has_certificates()).value());
  EXPECT_EQ(order(account, ready.order.id).error, refused.error);  // as it was kept
}

TEST_F(AuthorityPolicyTest, AnOrderThatARestartCutShortIsHeldToThePolicyToo) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"a.corp.test"});
  // The intent is kept; the certificate is not.
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(run(finalize(account, ready, csr_for({"a.corp.test"})))->status, OrderStatus::processing);
  rules_.allow = patterns({"**.other.test"});
  restart();
  EXPECT_TRUE(run(authority_->sweep()));
  const OrderView refused = order(account, ready.order.id);
  EXPECT_EQ(refused.status, OrderStatus::invalid);
  EXPECT_EQ(refused.error->kind, ErrorKind::rejected_identifier);
  EXPECT_FALSE(run(records_.has_certificates()).value());
}

}  // namespace
}  // namespace acmecore
