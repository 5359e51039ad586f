#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "acmecore/administration.h"
#include "base/openssl.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_fixture.h"

// Orders that wait for a person between finalize and the signature.
namespace acmecore {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;

constexpr milliseconds kPatient = std::chrono::hours(1);

class AuthorityApprovalTest : public AuthorityTest {
 protected:
  AuthorityApprovalTest() {
    rules_.approval = patterns({"**.slow.test"});
    restart();
    account_ = new_account();
  }

  // Its finalize was accepted.
  OrderView waiting_order(const std::vector<std::string>& names = {"a.slow.test"}, EVP_PKEY* key = nullptr) {
    const OrderView ready = ready_order(account_, names);
    return run(finalize(account_, ready, csr_for(names, key))).value();
  }
  base::Task<base::Result<OrderView>> approve(const OrderView& view, milliseconds patience = kPatient) {
    return authority_->approve(view.order.id, kAnna, patience);
  }
  base::Task<base::Result<OrderView>> reject(const OrderView& view, const std::string& reason = "not ours") {
    return authority_->reject(view.order.id, kBert, reason);
  }
  template <class T>
  std::string detail_of(base::Task<base::Result<T>> task) {
    const auto result = run(std::move(task));
    return result ? "" : result.error().detail;
  }
  OrderStatus status(const OrderView& view) { return order(account_, view.order.id).status; }
  size_t certificates() {
    storage::Range range;
    range.prefix = "x";
    return run(store_.list(range))->size();
  }
  std::vector<std::string> waiting() {
    OrderFilter filter;
    filter.waiting = true;
    std::vector<std::string> ids;
    const auto page = run(administration_.orders(filter, "", 100));
    for (const OrderView& view : page->found)
      ids.push_back(view.order.id);
    return ids;
  }
  // What the index knows, whether or not it can still be approved.
  size_t indexed() { return run(records_.waiting_order_ids("", 1000))->size(); }

  Administration administration_{records_, clock_};
  Account account_;
};

TEST_F(AuthorityApprovalTest, AnOrderWaitsAndIsIssuedWhenItIsApproved) {
  const base::PkeyHandle key = make_p256();
  const OrderView waits = waiting_order({"a.slow.test", "b.fast.test"}, key.get());
  EXPECT_EQ(waits.status, OrderStatus::processing);
  ASSERT_TRUE(waits.order.approval);
  EXPECT_EQ(waits.order.approval->asked, kNow);
  EXPECT_EQ(waits.order.approval->until, kNow + options_.approval_timeout);
  EXPECT_FALSE(waits.order.approval->decided);
  EXPECT_FALSE(waits.order.intent) << "no serial is taken before a person decides";
  EXPECT_FALSE(waits.error);
  EXPECT_EQ(waiting(), std::vector{waits.order.id});
  run_background();
  run(authority_->sweep()).value();
  run_background();
  EXPECT_EQ(status(waits), OrderStatus::processing);
  EXPECT_EQ(certificates(), 0u);

  clock_.advance(std::chrono::hours(1));
  const OrderView valid = run(approve(waits)).value();
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_EQ(valid.order.approval->by, "anna");
  EXPECT_EQ(valid.order.approval->decided, clock_.now());
  ASSERT_TRUE(valid.order.certificate);
  EXPECT_EQ(valid.order.intent->serial, *valid.order.certificate);
  const IssuedCertificate record = run(records_.certificate(*valid.order.certificate))->value;
  EXPECT_EQ(parse_certificate(record.der)->spki_der, spki_of(key.get()));
  EXPECT_EQ(order(account_, waits.order.id).order, valid.order);
  EXPECT_EQ(waiting().size(), 0u);
  EXPECT_EQ(indexed(), 0u);
}

TEST_F(AuthorityApprovalTest, OnlyWhatThePolicyNamesWaits) {
  const OrderView ready = ready_order(account_, {"a.fast.test", "slow.test"});
  const OrderView valid = run(finalize(account_, ready, csr_for({"a.fast.test", "slow.test"}))).value();
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_FALSE(valid.order.approval);
  EXPECT_EQ(waiting_order({"*.slow.test"}).status, OrderStatus::processing);  // covers what needs it
  EXPECT_NE(detail_of(authority_->approve(valid.order.id, kAnna, kPatient)).find("needs none"),
            std::string::npos);
  EXPECT_EQ(error_of(reject(valid)), ErrorKind::order_not_ready);
  const OrderView pending = new_order(account_, {"c.slow.test"});
  EXPECT_EQ(error_of(approve(pending)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(approve(ready_order(account_, {"d.slow.test"}))), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(authority_->approve("nothing", kAnna, kPatient)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->reject("nothing", kAnna, "why")), ErrorKind::not_found);
}

// What nobody issues counts for nothing.
TEST_F(AuthorityApprovalTest, IsCountedAmongCertificatesWhenItIsApproved) {
  options_.limits.certificates_per_domain = {1, std::chrono::hours(1)};
  restart();
  run(reject(waiting_order({"a.slow.test"}))).value();
  const OrderView first = waiting_order({"b.slow.test"});
  const OrderView second = waiting_order({"c.slow.test"});
  EXPECT_EQ(run(approve(first))->status, OrderStatus::valid);
  EXPECT_EQ(error_of(approve(second)), ErrorKind::rate_limited);
  EXPECT_EQ(status(second), OrderStatus::processing);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(run(approve(second))->status, OrderStatus::valid);
}

TEST_F(AuthorityApprovalTest, ARejectedOrderIsInvalidAndSaysWhy) {
  const OrderView waits = waiting_order();
  const OrderView invalid = run(reject(waits, "that host is gone")).value();
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  ASSERT_TRUE(invalid.error);
  EXPECT_EQ(invalid.error->kind, ErrorKind::rejected_identifier);
  EXPECT_NE(invalid.error->detail.find("that host is gone"), std::string::npos);
  EXPECT_EQ(invalid.order.approval->by, "bert");
  EXPECT_FALSE(invalid.order.intent);
  EXPECT_EQ(indexed(), 0u);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityApprovalTest, AReasonIsOneLine) {
  const OrderView waits = waiting_order();
  EXPECT_EQ(error_of(reject(waits, "")), ErrorKind::malformed);
  EXPECT_EQ(error_of(reject(waits, "two\nlines")), ErrorKind::malformed);
  EXPECT_EQ(error_of(reject(waits, "\xFF")), ErrorKind::malformed);
  EXPECT_EQ(error_of(reject(waits, std::string(kReasonMax + 1, 'x'))), ErrorKind::malformed);
  EXPECT_EQ(status(waits), OrderStatus::processing);
  EXPECT_EQ(error_of(reject(waits, std::string(kReasonMax, 'x'))), kNone);
}

TEST_F(AuthorityApprovalTest, IsDecidedOnce) {
  const OrderView approved = waiting_order();
  run(approve(approved)).value();
  EXPECT_NE(detail_of(approve(approved)).find("approved by anna at 2026-"), std::string::npos);
  EXPECT_EQ(error_of(approve(approved)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(reject(approved)), ErrorKind::order_not_ready);
  EXPECT_EQ(status(approved), OrderStatus::valid);

  const OrderView rejected = waiting_order();
  run(reject(rejected)).value();
  EXPECT_NE(detail_of(approve(rejected)).find("rejected by bert at 2026-"), std::string::npos);
  EXPECT_EQ(error_of(approve(rejected)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(reject(rejected)), ErrorKind::order_not_ready);
  EXPECT_EQ(status(rejected), OrderStatus::invalid);
  EXPECT_EQ(certificates(), 1u);
}

TEST_F(AuthorityApprovalTest, CannotBeFinalizedASecondTime) {
  const OrderView waits = waiting_order();
  EXPECT_EQ(error_of(finalize(account_, waits, csr_for({"a.slow.test"}))), ErrorKind::order_not_ready);
  EXPECT_EQ(order(account_, waits.order.id).order, waits.order);
}

TEST_F(AuthorityApprovalTest, IsInvalidWhenNobodyDecidesInTime) {
  const OrderView waits = waiting_order();
  clock_.advance(options_.approval_timeout - milliseconds(1));
  EXPECT_EQ(status(waits), OrderStatus::processing);
  clock_.advance(milliseconds(1));
  const OrderView late = order(account_, waits.order.id);
  EXPECT_EQ(late.status, OrderStatus::invalid);
  ASSERT_TRUE(late.error);
  EXPECT_EQ(late.error->kind, ErrorKind::unauthorized);
  EXPECT_NE(late.error->detail.find("approval of a person"), std::string::npos);
  EXPECT_EQ(waiting().size(), 0u);
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(reject(waits)), ErrorKind::order_not_ready);

  EXPECT_EQ(indexed(), 1u);
  run(authority_->sweep()).value();
  EXPECT_EQ(indexed(), 0u);
  const OrderView recorded = order(account_, waits.order.id);
  EXPECT_EQ(recorded.order.error, late.error);
  EXPECT_EQ(recorded.error, late.error);
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  run(authority_->sweep()).value();
  EXPECT_EQ(error_of(authority_->order(account_, waits.order.id)), ErrorKind::not_found);
}

TEST_F(AuthorityApprovalTest, ASweepBeforeTheTimeLimitLeavesItAlone) {
  const OrderView waits = waiting_order();
  clock_.advance(options_.approval_timeout - milliseconds(1));
  run(authority_->sweep()).value();
  EXPECT_EQ(indexed(), 1u);
  EXPECT_EQ(run(approve(waits))->status, OrderStatus::valid);
}

TEST_F(AuthorityApprovalTest, DoesNotOutliveItsOrder) {
  options_.approval_timeout = 2 * options_.order_lifetime;
  restart();
  const OrderView waits = waiting_order();
  EXPECT_EQ(waits.order.approval->until, waits.order.expires);
}

TEST_F(AuthorityApprovalTest, SurvivesARestart) {
  const OrderView waits = waiting_order();
  restart();
  run(authority_->sweep()).value();
  run_background();
  EXPECT_EQ(order(account_, waits.order.id).order, waits.order);
  EXPECT_EQ(waiting(), std::vector{waits.order.id});
  EXPECT_EQ(run(approve(waits))->status, OrderStatus::valid);
}

// The store takes the approval with its serial, and then not the certificate: what a kill between the two leaves.
TEST_F(AuthorityApprovalTest, AnApprovalThatARestartCutShortIsTakenUpWithAnotherSerial) {
  const OrderView waits = waiting_order();
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  const OrderView approved = run(approve(waits)).value();
  EXPECT_EQ(approved.status, OrderStatus::processing);
  ASSERT_TRUE(approved.order.intent);
  EXPECT_EQ(certificates(), 0u);
  restart();
  run(authority_->sweep()).value();
  run_background();
  const OrderView valid = order(account_, waits.order.id);
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_EQ(valid.order.abandoned, std::vector{approved.order.intent->serial});
  EXPECT_EQ(valid.order.approval->by, "anna");
  EXPECT_EQ(certificates(), 1u);
}

TEST_F(AuthorityApprovalTest, AnApprovalThatTheStoreDoesNotTakeIsNone) {
  const OrderView waits = waiting_order();
  store_.next_commits({ErrorKind::unavailable});
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::unavailable);
  EXPECT_EQ(order(account_, waits.order.id).order, waits.order);
  store_.next_commits({ErrorKind::conflict});
  EXPECT_EQ(run(approve(waits))->status, OrderStatus::valid);
}

TEST_F(AuthorityApprovalTest, EndsWhenTheAccountIsDisabled) {
  const OrderView waits = waiting_order();
  run(administration_.disable_account(account_.id, kAnna)).value();
  const OrderView invalid = order(account_, waits.order.id);
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  EXPECT_EQ(invalid.error->kind, ErrorKind::unauthorized);
  EXPECT_NE(invalid.error->detail.find("its account became revoked"), std::string::npos);
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(reject(waits)), ErrorKind::order_not_ready);
  EXPECT_EQ(indexed(), 0u);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityApprovalTest, EndsWhenTheAccountIsDeactivatedAndThoseOfOthersGoOn) {
  const Account mine = account_;
  const OrderView first = waiting_order();
  const OrderView second = waiting_order({"b.slow.test"});
  const OrderView decided = waiting_order({"c.slow.test"});
  run(reject(decided)).value();
  account_ = new_account();
  const OrderView other = waiting_order({"d.slow.test"});
  run(authority_->deactivate_account(mine)).value();
  EXPECT_EQ(order(mine, first.order.id).status, OrderStatus::invalid);
  EXPECT_NE(order(mine, second.order.id).error->detail.find("its account became deactivated"),
            std::string::npos);
  EXPECT_EQ(order(mine, decided.order.id).error->kind, ErrorKind::rejected_identifier) << "as it was";
  EXPECT_EQ(waiting(), std::vector{other.order.id});
  EXPECT_EQ(run(approve(other))->status, OrderStatus::valid);
}

TEST_F(AuthorityApprovalTest, EndsWithItsAccountHoweverManyWait) {
  constexpr int kOrders = 101;
  for (int i = 0; i < kOrders; ++i)
    waiting_order({"a.slow.test"});
  EXPECT_EQ(indexed(), size_t{kOrders});
  run(authority_->deactivate_account(account_)).value();
  EXPECT_EQ(indexed(), 0u);
}

TEST_F(AuthorityApprovalTest, DoesNotBeginToWaitWhenTheAccountIsDisabledAtTheSameMoment) {
  const OrderView ready = ready_order(account_, {"a.slow.test"});
  store_.before_next_commit(
      [this]() -> base::Task<void> { co_await administration_.disable_account(account_.id, kAnna); });
  EXPECT_EQ(error_of(finalize(account_, ready, csr_for({"a.slow.test"}))), ErrorKind::account_not_valid);
  EXPECT_EQ(indexed(), 0u);
}

TEST_F(AuthorityApprovalTest, AnAccountIsDeactivatedAlsoWhenItsOrdersCannotBeEnded) {
  const OrderView waits = waiting_order();
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(run(authority_->deactivate_account(account_))->status, AccountStatus::deactivated);
  EXPECT_EQ(indexed(), 1u);
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::account_not_valid);
}

TEST_F(AuthorityApprovalTest, DisablingAnAccountAgainEndsWhatStillWaits) {
  waiting_order();
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(error_of(administration_.disable_account(account_.id, kAnna)), ErrorKind::unavailable);
  EXPECT_EQ(indexed(), 1u);
  EXPECT_EQ(error_of(administration_.disable_account(account_.id, kAnna)), kNone);
  EXPECT_EQ(indexed(), 0u);
}

TEST_F(AuthorityApprovalTest, IsNotIssuedWhenTheAccountIsDisabledAtTheSameMoment) {
  const OrderView waits = waiting_order();
  store_.before_next_commit(
      [this]() -> base::Task<void> { co_await administration_.disable_account(account_.id, kAnna); });
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::order_not_ready) << "it ended with its account";
  EXPECT_EQ(certificates(), 0u);
  EXPECT_FALSE(order(account_, waits.order.id).order.intent);
}

TEST_F(AuthorityApprovalTest, IsInvalidWhenAnAuthorizationIsRevokedMeanwhile) {
  const OrderView waits = waiting_order({"a.slow.test", "b.slow.test"});
  run(administration_.revoke_authorization(waits.order.authorizations[1], kAnna)).value();
  const OrderView invalid = order(account_, waits.order.id);
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  EXPECT_NE(invalid.error->detail.find("\"b.slow.test\" is revoked"), std::string::npos);
  EXPECT_NE(detail_of(approve(waits)).find("\"b.slow.test\" is revoked"), std::string::npos);
  EXPECT_EQ(error_of(reject(waits)), ErrorKind::order_not_ready);
  EXPECT_EQ(waiting().size(), 0u);
}

TEST_F(AuthorityApprovalTest, IsNotIssuedWhenAnAuthorizationIsRevokedAtTheSameMoment) {
  const OrderView waits = waiting_order();
  store_.before_next_commit([&]() -> base::Task<void> {
    co_await administration_.revoke_authorization(waits.order.authorizations[0], kAnna);
  });
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::order_not_ready);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityApprovalTest, IsInvalidWhenAnAuthorizationExpiresMeanwhile) {
  options_.authorization_lifetime = std::chrono::hours(1);
  restart();
  const OrderView waits = waiting_order();
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(status(waits), OrderStatus::invalid);
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::order_not_ready);
}

TEST_F(AuthorityApprovalTest, IsNotIssuedForAKeyThatWasBlockedMeanwhile) {
  const base::PkeyHandle key = make_p256();
  const OrderView waits = waiting_order({"a.slow.test"}, key.get());
  Changes changes;
  changes.block_key(spki_of(key.get()));
  run(records_.commit(std::move(changes))).value();
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::bad_csr);
  EXPECT_EQ(status(waits), OrderStatus::processing);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityApprovalTest, IsNotIssuedWhereThePolicyIsAnotherSince) {
  const OrderView waits = waiting_order();
  rules_.deny = patterns({"**.slow.test"});
  restart();
  const OrderView invalid = run(approve(waits)).value();
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  EXPECT_EQ(invalid.error->kind, ErrorKind::rejected_identifier);
  EXPECT_EQ(certificates(), 0u);
}

TEST_F(AuthorityApprovalTest, IsWithdrawnByItsAccountAlone) {
  const OrderView waits = waiting_order();
  EXPECT_EQ(error_of(authority_->withdraw(new_account(), waits.order.id)), ErrorKind::not_found);
  EXPECT_EQ(run(authority_->withdraw(account_, waits.order.id))->status, OrderStatus::invalid);
  EXPECT_EQ(error_of(approve(waits)), ErrorKind::order_not_ready);
  EXPECT_EQ(error_of(authority_->withdraw(account_, waits.order.id)), ErrorKind::order_not_ready);
  EXPECT_EQ(indexed(), 0u);
}

TEST_F(AuthorityApprovalTest, SubscribersHaveNamesOfTheirOwnThatNeedIt) {
  PolicyRules::ForSubscribers own;
  own.accounts = {account_.id};
  own.approval = patterns({"**.fast.test"});
  rules_.for_subscribers = {own};
  restart();
  EXPECT_EQ(waiting_order({"a.fast.test"}).status, OrderStatus::processing);
  EXPECT_EQ(waiting_order({"a.slow.test"}).status, OrderStatus::valid);
  account_ = new_account();
  EXPECT_EQ(waiting_order({"a.fast.test"}).status, OrderStatus::valid);
  EXPECT_EQ(waiting_order({"a.slow.test"}).status, OrderStatus::processing);
}

// Sixteen threads approve and reject one order at once: one decision, and at most one certificate.
TEST_F(AuthorityApprovalTest, ManyDecisionsAtOnceAreOne) {
  for (int round = 0; round < 20; ++round) {
    const OrderView waits = waiting_order();
    const size_t before = certificates();
    boost::asio::thread_pool pool(4);
    Records records(memory_);
    base::ExecutorBackground background(pool.get_executor());
    Authority authority(records, clock_, test_issuers(), *policy_, *validation_, background, options_);
    std::vector<std::future<base::Result<OrderView>>> decisions;
    for (int i = 0; i < 16; ++i) {
      auto decision = i % 4 == 3 ? authority.reject(waits.order.id, kBert, "no")
                                 : authority.approve(waits.order.id, kAnna, kPatient);
      decisions.push_back(boost::asio::co_spawn(pool, std::move(decision), boost::asio::use_future));
    }
    size_t accepted = 0;
    for (auto& decision : decisions) {
      const auto outcome = decision.get();
      if (outcome) ++accepted;
      if (!outcome) {
        EXPECT_EQ(outcome.error().kind, ErrorKind::order_not_ready) << outcome.error().detail;
      }
    }
    pool.join();
    EXPECT_EQ(accepted, 1u);
    const OrderView decided = order(account_, waits.order.id);
    EXPECT_EQ(certificates() - before, decided.status == OrderStatus::valid ? 1u : 0u);
    EXPECT_EQ(decided.order.approval->by, decided.status == OrderStatus::valid ? "anna" : "bert");
    EXPECT_EQ(indexed(), 0u);
  }
}

TEST(Approval, IsWorthAskingForEveryMinuteUntilItsTimeIsOver) {
  Approval approval;
  approval.until = kNow + std::chrono::hours(1);
  EXPECT_EQ(time_to_wait(approval, kNow), kApprovalPoll);
  EXPECT_EQ(time_to_wait(approval, approval.until - kApprovalPoll), kApprovalPoll);
  EXPECT_EQ(time_to_wait(approval, approval.until - milliseconds(2001)), std::chrono::seconds(3));
  EXPECT_EQ(time_to_wait(approval, approval.until - milliseconds(1)), std::chrono::seconds(1));
  EXPECT_EQ(time_to_wait(approval, approval.until + std::chrono::hours(1)), std::chrono::seconds(1));
}

}  // namespace
}  // namespace acmecore
