#include <gmock/gmock.h>

#include "storage/expiry.h"
#include "storage/tables.h"
#include "tests/acmecore/authority_fixture.h"

// How much comes at most, and that what is counted stays counted.
namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::ErrorKind;
using testing::HasSubstr;

class AuthorityLimitsTest : public AuthorityTest {
 protected:
  void limit(const LimitRules& rules) {
    options_.limits = rules;
    restart();
  }

  base::Result<NewAccountResult> account_from(const std::string& address,
                                              const ClientKey& key = ClientKey()) {
    NewAccountRequest request;
    request.address = address;
    return run(authority_->new_account(directory_, key.account_key(), std::move(request)));
  }

  base::Result<OrderView> order_for(const Account& account, const std::vector<std::string>& names,
                                    const std::string& replaces = "") {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    request.replaces = replaces;
    return run(authority_->new_order(account, std::move(request)));
  }

  // An order whose validation fails.
  void fail_to_prove(const Account& account, const std::string& name) {
    const auto order = order_for(account, {name});
    ASSERT_TRUE(order);
    respond(account, order->order.authorizations[0]);
  }

  // What of the limits is in the store.
  size_t kept() {
    storage::Range range;
    range.prefix = "q";
    return run(store_.list(range))->size();
  }
};

template <class T>
void expect_limited(const base::Result<T>& result, std::chrono::seconds retry_after,
                    const std::string& what) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(result.error().retry_after, retry_after);
  EXPECT_THAT(result.error().detail, HasSubstr(what));
}

TEST_F(AuthorityLimitsTest, NothingIsLimitedOrWrittenUnlessItIsSet) {
  const Account account = account_from("192.0.2.1")->account;
  fail_to_prove(account, "a.corp.test");
  issue(account, {"b.corp.test"});
  EXPECT_EQ(kept(), 0u);
}

TEST_F(AuthorityLimitsTest, AnAddressMakesSoManyAccounts) {
  limit({.new_accounts_per_address = {2, 2h}});
  const ClientKey known;
  EXPECT_TRUE(account_from("192.0.2.1", known));
  EXPECT_TRUE(account_from("192.0.2.1"));
  expect_limited(account_from("192.0.2.1"), 1h, "new accounts from 192.0.2.1: the limit is 2 in 2h");
  expect_limited(account_from("::ffff:192.0.2.1"), 1h, "");
  EXPECT_FALSE(account_from("192.0.2.1", known)->created);  // which makes none
  EXPECT_TRUE(account_from("192.0.2.2"));
  EXPECT_TRUE(account_from(""));
  EXPECT_TRUE(account_from("2001:db8:0:1::1"));
  EXPECT_TRUE(account_from("2001:db8:0:1::2"));
  expect_limited(account_from("2001:db8:0:1:ffff::3"), 1h, "from 2001:db8:0:1::/64");
  EXPECT_TRUE(account_from("2001:db8:0:2::1"));
}

TEST_F(AuthorityLimitsTest, AnAccountHasSoManyOrders) {
  limit({.new_orders_per_account = {2, 2h}});
  const Account account = new_account();
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  EXPECT_TRUE(order_for(account, {"b.corp.test"}));
  const auto refused = order_for(account, {"c.corp.test"});
  expect_limited(refused, 1h, "new orders of this account: the limit is 2 in 2h");
  EXPECT_THAT(refused.error().detail, HasSubstr("the next may come at " + base::rfc3339(kNow + 1h)));
  EXPECT_EQ(run(authority_->orders(account, ""))->found.size(), 2u);
  EXPECT_TRUE(order_for(new_account(), {"c.corp.test"}));
}

TEST_F(AuthorityLimitsTest, AnAccountChangesItsContactsAndKeySoOften) {
  limit({.account_changes = {2, 2h}});
  const ClientKey old_key;
  const Account account = account_from("192.0.2.1", old_key)->account;
  const auto contacts = [&](const std::string& address) {
    return run(authority_->update_contacts(account, {"mailto:" + address}));
  };
  EXPECT_TRUE(contacts("a@corp.test"));
  EXPECT_TRUE(contacts("a@corp.test")) << "which changes nothing";
  const ClientKey new_key;
  const auto changed = run(authority_->change_key(account, new_key.account_key()));
  ASSERT_TRUE(changed);
  expect_limited(contacts("b@corp.test"), 1h, "changes of this account: the limit is 2 in 2h");
  expect_limited(run(authority_->change_key(changed->account, ClientKey().account_key())), 1h,
                 "changes of this account");
  EXPECT_TRUE(contacts("a@corp.test"));
  EXPECT_EQ(run(records_.account(account.id))->value.contacts,
            std::vector<std::string>{"mailto:a@corp.test"});
  const Account other = new_account();
  EXPECT_TRUE(run(authority_->update_contacts(other, {"mailto:b@corp.test"})));
  clock_.advance(1h - 1ms);
  EXPECT_FALSE(contacts("b@corp.test"));
  clock_.advance(1ms);
  EXPECT_TRUE(contacts("b@corp.test"));
}

TEST_F(AuthorityLimitsTest, AnAccountAndItsAuthorizationsEndHoweverOftenItChanged) {
  limit({.account_changes = {1, 1h}});
  const Account account = new_account();
  EXPECT_TRUE(run(authority_->update_contacts(account, {"mailto:a@corp.test"})));
  const OrderView order = new_order(account, {"corp.test"});
  EXPECT_TRUE(run(authority_->deactivate_authorization(account, order.order.authorizations[0])));
  EXPECT_TRUE(run(authority_->deactivate_account(account)));
}

TEST_F(AuthorityLimitsTest, AnAuthorizationBeforeAnyOrderCountsAsOne) {
  limit({.new_orders_per_account = {2, 2h}, .failed_validations = {1, 2h}});
  const Account account = new_account();
  const auto authorize = [&](const std::string& name) {
    return run(authority_->new_authorization(account, {"dns", name}));
  };
  const auto first = authorize("a.corp.test");
  ASSERT_TRUE(first);
  respond(account, first->authorization.id);  // nothing is there to prove it
  expect_limited(authorize("a.corp.test"), 2h, "failed validations of \"a.corp.test\"");
  EXPECT_TRUE(authorize("b.corp.test"));
  expect_limited(authorize("c.corp.test"), 1h, "new orders of this account: the limit is 2 in 2h");
  expect_limited(order_for(account, {"c.corp.test"}), 1h, "new orders of this account");
}

TEST_F(AuthorityLimitsTest, AValidationFailsOnceHoweverOftenItIsLookedAt) {
  options_.retries = {.total = 10s, .interval = 5s};
  limit({.failed_validations = {1, 1h}});
  const Account account = new_account();
  const auto waiting = order_for(account, {"corp.test"});
  respond(account, waiting->order.authorizations[0]);
  EXPECT_EQ(kept(), 0u);
  for (int looks = 0; looks < 3; ++looks) {
    clock_.advance(5s);
    run(authority_->sweep_authorizations()).value();
    run_background();
  }
  EXPECT_EQ(order(account, waiting->order.id).status, OrderStatus::invalid);
  EXPECT_EQ(kept(), 1u);
  EXPECT_FALSE(order_for(account, {"corp.test"}));
  clock_.advance(1h);
  EXPECT_TRUE(order_for(account, {"corp.test"}));
}

TEST_F(AuthorityLimitsTest, RetryAfterIsExact) {
  limit({.new_orders_per_account = {1, 60s}});
  const Account account = new_account();
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  clock_.advance(500ms);
  expect_limited(order_for(account, {"a.corp.test"}), 60s, "");
  clock_.advance(59s);
  expect_limited(order_for(account, {"a.corp.test"}), 1s, "");
  clock_.advance(499ms);
  expect_limited(order_for(account, {"a.corp.test"}), 1s, "");
  clock_.advance(1ms);
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
}

TEST_F(AuthorityLimitsTest, WhatIsRefusedOtherwiseIsNotCounted) {
  limit({.new_orders_per_account = {1, 1h}});
  const Account account = new_account();
  EXPECT_FALSE(order_for(account, {"a_b.corp.test"}));
  EXPECT_FALSE(order_for(account, {"1.2.0.192.in-addr.arpa"}));
  store_.next_commits({ErrorKind::unavailable});
  EXPECT_FALSE(order_for(account, {"a.corp.test"}));
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
}

TEST_F(AuthorityLimitsTest, ARegisteredDomainHasSoManyCertificates) {
  limit({.certificates_per_domain = {2, 2h}});
  const Account account = new_account();
  issue(account, {"a.corp.test", "b.corp.test"});  // one for corp.test
  const OrderView waiting = ready_order(account, {"c.corp.test"});
  issue(new_account(), {"d.corp.test", "a.other.test"});  // whoever's
  expect_limited(order_for(account, {"e.corp.test"}), 1h,
                 "certificates for names at and below \"corp.test\": the limit is 2 in 2h");
  expect_limited(run(finalize(account, waiting, csr_for({"c.corp.test"}))), 1h, "\"corp.test\"");
  EXPECT_EQ(order(account, waiting.order.id).status, OrderStatus::ready);
  issue(account, {"b.other.test"});
  expect_limited(order_for(account, {"a.third.test", "a.other.test"}), 1h, "\"other.test\"");
  issue(account, {"a.third.test"});
  clock_.advance(1h);
  EXPECT_EQ(run(finalize(account, waiting, csr_for({"c.corp.test"})))->status, OrderStatus::valid);
}

TEST_F(AuthorityLimitsTest, ASetOfNamesHasSoManyCertificates) {
  limit({.certificates_per_names = {1, 1h}});
  const Account account = new_account();
  issue(account, {"a.corp.test", "b.corp.test"});
  expect_limited(order_for(account, {"b.corp.test", "A.corp.test"}), 1h,
                 "certificates for exactly these names: the limit is 1 in 1h");
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  EXPECT_TRUE(order_for(account, {"a.corp.test", "b.corp.test", "c.corp.test"}));
  EXPECT_TRUE(order_for(account, {"a.corp.test", "*.b.corp.test"}));
}

TEST_F(AuthorityLimitsTest, AnOrderThatIsFinalizedWaitsForNoRoomAfterARestart) {
  limit({.certificates_per_domain = {1, 1h}});
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"a.corp.test"});
  store_.next_commits({std::nullopt, ErrorKind::unavailable});  // the intent is kept; the certificate is not
  EXPECT_EQ(run(finalize(account, ready, csr_for({"a.corp.test"})))->status, OrderStatus::processing);
  restart();
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::valid);
}

TEST_F(AuthorityLimitsTest, AnAccountFailsToProveANameSoOften) {
  limit({.failed_validations = {2, 2h}});
  const Account account = new_account();
  const OrderView waiting = new_order(account, {"corp.test"});
  fail_to_prove(account, "corp.test");
  issue(account, {"corp.test"});  // a success counts for nothing
  fail_to_prove(account, "*.corp.test");
  const std::string what = "failed validations of \"corp.test\" by this account: the limit is 2 in 2h";
  expect_limited(order_for(account, {"a.corp.test", "corp.test"}), 1h, what);
  expect_limited(order_for(account, {"*.corp.test"}), 1h, what);
  expect_limited(run(authority_->respond(account, waiting.order.authorizations[0], std::string(kDns01), 1h)),
                 1h, what);
  EXPECT_EQ(order(account, waiting.order.id).status, OrderStatus::pending);
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  EXPECT_TRUE(order_for(new_account(), {"corp.test"}));
  clock_.advance(1h);
  EXPECT_TRUE(order_for(account, {"corp.test"}));
}

TEST_F(AuthorityLimitsTest, OurOwnTroubleIsNoFailure) {
  limit({.failed_validations = {1, 1h}});
  const Account account = new_account();
  validation_->answer_with(Error{ErrorKind::unavailable, "as the test wants", {}});
  fail_to_prove(account, "corp.test");
  EXPECT_EQ(kept(), 0u);
}

// A year long, so that what was counted is not forgotten before the certificate is to be renewed.
class AuthorityRenewalLimitsTest : public AuthorityLimitsTest {
 protected:
  static constexpr auto kYear = 365 * 24h;

  AuthorityRenewalLimitsTest() {
    limit({.new_orders_per_account = {1, kYear},
           .certificates_per_domain = {1, kYear},
           .certificates_per_names = {1, kYear},
           .failed_validations = {1, kYear}});
    account_ = new_account();
    issued_ = issue(account_, {"corp.test", "*.corp.test"});
    id_ = text_of(certificate_id(parse_certificate(issued_.der).value()).value());
  }

  void advance_to_the_suggested_window() {
    clock_.advance(renewal_info(parse_certificate(issued_.der)->validity, std::nullopt).start - clock_.now());
  }

  Account account_;
  IssuedCertificate issued_;
  std::string id_;
};

TEST_F(AuthorityRenewalLimitsTest, ARenewalWaitsForNothing) {
  advance_to_the_suggested_window();
  EXPECT_FALSE(order_for(account_, {"corp.test"}));
  EXPECT_EQ(order_for(account_, {"corp.test"}, "which.one").error().kind, ErrorKind::malformed);
  const size_t before = kept();
  const auto renewal = order_for(account_, {"corp.test"}, id_);
  ASSERT_TRUE(renewal);
  prove(account_, renewal->order.authorizations[0]);
  EXPECT_EQ(run(finalize(account_, *renewal, csr_for({"corp.test"})))->status, OrderStatus::valid);
  EXPECT_EQ(kept(), before);  // and takes no room of others
}

TEST_F(AuthorityRenewalLimitsTest, NotEvenForValidationsThatFailed) {
  advance_to_the_suggested_window();
  const auto first = order_for(account_, {"corp.test"}, id_);
  ASSERT_TRUE(first);
  respond(account_, first->order.authorizations[0]);  // nothing is there to prove it
  EXPECT_EQ(order(account_, first->order.id).status, OrderStatus::invalid);
  const auto second = order_for(account_, {"corp.test"}, id_);
  ASSERT_TRUE(second);
  prove(account_, second->order.authorizations[0]);
  EXPECT_EQ(order(account_, second->order.id).status, OrderStatus::ready);
}

TEST_F(AuthorityRenewalLimitsTest, ARenewalThatComesTooSoonIsAnOrderLikeAnyOther) {
  EXPECT_EQ(order_for(account_, {"corp.test"}, id_).error().kind, ErrorKind::rate_limited);
  advance_to_the_suggested_window();
  clock_.advance(-1ms);
  EXPECT_EQ(order_for(account_, {"corp.test"}, id_).error().kind, ErrorKind::rate_limited);
}

TEST_F(AuthorityRenewalLimitsTest, SoIsOneForOtherNames) {
  advance_to_the_suggested_window();
  EXPECT_EQ(order_for(account_, {"corp.test", "a.corp.test"}, id_).error().kind, ErrorKind::rate_limited);
  EXPECT_TRUE(order_for(account_, {"*.corp.test", "corp.test"}, id_));
}

TEST_F(AuthorityRenewalLimitsTest, WhatWasRevokedIsRenewedAtOnce) {
  ASSERT_EQ(error_of(authority_->revoke(account_, issued_.der, 4)), kNone);
  EXPECT_TRUE(order_for(account_, {"corp.test"}, id_));
}

// Otherwise whoever is told that the first look failed could begin anew, and never be counted.
TEST_F(AuthorityLimitsTest, AnAuthorizationThatIsGivenUpWhileItIsProcessingHasFailed) {
  options_.retries = {.total = 10s, .interval = 5s};
  limit({.failed_validations = {1, 1h}});
  const Account account = new_account();
  const auto unanswered = order_for(account, {"corp.test"});
  run(authority_->deactivate_authorization(account, unanswered->order.authorizations[0])).value();
  const auto waiting = order_for(account, {"corp.test"});
  respond(account, waiting->order.authorizations[0]);
  run(authority_->deactivate_authorization(account, waiting->order.authorizations[0])).value();
  expect_limited(order_for(account, {"corp.test"}), 1h, "failed validations");
}

TEST_F(AuthorityLimitsTest, WhatWasCountedSurvivesARestart) {
  limit({.new_orders_per_account = {1, 1h}});
  const Account account = new_account();
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  restart();
  expect_limited(order_for(account, {"a.corp.test"}), 1h, "");
}

// Both read that there is room for one.
TEST_F(AuthorityLimitsTest, OfTwoAtOnceOnlyOnePasses) {
  limit({.new_orders_per_account = {1, 1h}});
  const Account account = new_account();
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
  clock_.advance(1h);
  store_.before_next_commit([&]() -> base::Task<void> {
    NewOrderRequest request;
    request.identifiers = {{"dns", "b.corp.test"}};
    const auto faster = co_await authority_->new_order(account, std::move(request));
    EXPECT_TRUE(faster);
  });
  expect_limited(order_for(account, {"c.corp.test"}), 1h, "");
}

TEST_F(AuthorityLimitsTest, AreForgottenOnceTheyMeanNothing) {
  limit({.new_orders_per_account = {2, 2h}, .failed_validations = {60, 1h}});
  const Account account = new_account();
  for (const char* name : {"a.corp.test", "b.corp.test"})
    fail_to_prove(account, name);
  EXPECT_EQ(kept(), 3u);
  clock_.advance(1min);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(kept(), 1u);
  clock_.advance(2h - 1min - 1ms);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(kept(), 1u);
  clock_.advance(1ms);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(kept(), 0u);
  EXPECT_TRUE(order_for(account, {"a.corp.test"}));
}

TEST_F(AuthorityLimitsTest, AreForgottenInBoundedPieces) {
  storage::Batch batch;
  for (size_t i = 0; i < storage::kSweepBatchMax + 1; ++i)
    batch.puts.push_back({storage::table::kRateLimit + std::to_string(i), "", clock_.now()});
  ASSERT_TRUE(run(store_.commit(std::move(batch))));
  EXPECT_EQ(run(authority_->sweep()), true);
  EXPECT_EQ(kept(), 1u);
  EXPECT_EQ(run(authority_->sweep()), false);
  EXPECT_EQ(kept(), 0u);
}

}  // namespace
}  // namespace acmecore
