#include "acmecore/administration.h"
#include "acmecore/external_account_keys.h"
#include "acmecore/revocations.h"
#include "base/openssl.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_fixture.h"

// What is still possible where the store takes nothing but what may use its reserve.
namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityFullStoreTest : public AuthorityTest {
 protected:
  AuthorityFullStoreTest() {
    rules_.approval = patterns({"**.slow.test"});
    restart();
    account_ = new_account();
  }

  bool is_revoked(const IssuedCertificate& certificate) {
    return run(records_.certificate(certificate.serial))->value.revocation.has_value();
  }
  OrderView waiting_order() {
    const OrderView ready = ready_order(account_, {"a.slow.test"});
    return run(finalize(account_, ready, csr_for({"a.slow.test"}))).value();
  }

  Administration administration_{records_, clock_};
  Revocations revocations_{records_, clock_, test_issuers(), StatusUrls{}};
  Account account_;
};

TEST_F(AuthorityFullStoreTest, NothingThatGivesIsPossible) {
  const OrderView ready = ready_order(account_, {"corp.test"});
  const OrderView waits = waiting_order();
  store_.fill();
  NewOrderRequest request;
  request.identifiers.push_back({"dns", "corp.test"});
  EXPECT_EQ(error_of(authority_->new_order(account_, request)), ErrorKind::unavailable);
  EXPECT_EQ(error_of(finalize(account_, ready, csr_for({"corp.test"}))), ErrorKind::unavailable);
  EXPECT_EQ(error_of(authority_->approve(waits.order.id, kAnna, std::chrono::hours(1))),
            ErrorKind::unavailable);
  EXPECT_EQ(error_of(authority_->update_contacts(account_, {"mailto:a@corp.test"})), ErrorKind::unavailable);
  EXPECT_EQ(error_of(administration_.set_contacts(account_.id, {"mailto:a@corp.test"}, kAnna)),
            ErrorKind::unavailable);
  EXPECT_EQ(error_of(authority_->change_key(account_, ClientKey().account_key())), ErrorKind::unavailable);
}

TEST_F(AuthorityFullStoreTest, SubscribersRevokeAndBlockKeys) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate first = issue(account_, {"corp.test"});
  const IssuedCertificate second = issue(account_, {"corp.test"}, key.get());
  store_.fill();
  EXPECT_EQ(error_of(authority_->revoke(account_, first.der, 4)), kNone);
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki_of(key.get()), second.der, 1)), kNone);
  EXPECT_TRUE(is_revoked(first));
  EXPECT_TRUE(is_revoked(second));
  EXPECT_TRUE(run(records_.is_blocked(base::sha256(spki_of(key.get())))).value());
}

TEST_F(AuthorityFullStoreTest, OperatorsRevokeOneByOneAndByJobs) {
  const IssuedCertificate first = issue(account_, {"corp.test"});
  const IssuedCertificate second = issue(account_, {"corp.test"});
  store_.fill();
  EXPECT_EQ(
      run(revocations_.revoke({first.serial}, RevocationReason::superseded, kAnna)).value().at(0).status,
      RevocationOutcome::Status::revoked);
  RevocationFilter filter;
  filter.account = account_.id;
  EXPECT_TRUE(run(revocations_.start(filter, RevocationReason::superseded, kAnna)));
  while (run(revocations_.work()).value()) {
  }
  EXPECT_TRUE(is_revoked(first));
  EXPECT_TRUE(is_revoked(second));
}

TEST_F(AuthorityFullStoreTest, AccountsAuthorizationsAndWaitingOrdersEnd) {
  const OrderView ready = ready_order(account_, {"corp.test", "www.corp.test"});
  const OrderView first = waiting_order();
  const OrderView second = waiting_order();
  const Account other = new_account();
  store_.fill();
  EXPECT_EQ(error_of(authority_->deactivate_authorization(account_, ready.order.authorizations[0])), kNone);
  EXPECT_EQ(error_of(administration_.revoke_authorization(ready.order.authorizations[1], kAnna)), kNone);
  EXPECT_EQ(error_of(authority_->withdraw(account_, first.order.id)), kNone);
  EXPECT_EQ(error_of(authority_->reject(second.order.id, kAnna, "not ours")), kNone);
  EXPECT_EQ(error_of(authority_->deactivate_account(account_)), kNone);
  EXPECT_EQ(error_of(administration_.disable_account(other.id, kAnna)), kNone);
}

TEST_F(AuthorityFullStoreTest, ExternalAccountKeysAreDisabledAndRemovedButNotEnabled) {
  directory_.external_account = ExternalAccountMode::required;
  ExternalAccountKeys keys(records_, clock_, {directory_});
  const ExternalAccountKey key = run(keys.create({}, kAnna)).value();
  store_.fill();
  EXPECT_EQ(error_of(keys.set_disabled(key.id, true, kAnna)), kNone);
  EXPECT_EQ(error_of(keys.set_disabled(key.id, false, kAnna)), ErrorKind::unavailable);
  EXPECT_EQ(error_of(keys.remove(key.id, kAnna)), kNone);
}

TEST_F(AuthorityFullStoreTest, TheSweepRemovesWhatIsOver) {
  new_order(account_, {"corp.test"});
  const Account unused = new_account();
  store_.fill();
  clock_.advance(kUnusedAccountRetention + std::chrono::hours(24));
  run(authority_->sweep()).value();
  EXPECT_TRUE(run(records_.order_ids("", 10))->empty());
  EXPECT_FALSE(run(records_.account(unused.id)));
}

// A store that fills up interrupts what is under way. It is to get room all the same.
TEST_F(AuthorityFullStoreTest, TheSweepRemovesWhatIsOverBehindWhatCannotGoOn) {
  const OrderView signed_in_vain = ready_order(account_, {"corp.test"});
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  run(finalize(account_, signed_in_vain, csr_for({"corp.test"}))).value();
  const OrderView unproved = new_order(account_, {"www.corp.test"});
  validation_->close();
  respond(account_, unproved.order.authorizations[0], std::chrono::milliseconds(1));
  const OrderView over = new_order(account_, {"mail.corp.test"});
  restart();
  store_.fill();
  clock_.advance(options_.order_lifetime + options_.authorization_lifetime + kExpiredRetention);
  EXPECT_EQ(error_of(authority_->sweep()), ErrorKind::unavailable);
  EXPECT_EQ(error_of(records_.order(over.order.id)), ErrorKind::not_found);
  EXPECT_EQ(error_of(records_.authorization(over.order.authorizations[0])), ErrorKind::not_found);
  EXPECT_EQ(error_of(records_.order(signed_in_vain.order.id)), kNone);
  EXPECT_EQ(error_of(records_.authorization(unproved.order.authorizations[0])), kNone);
}

TEST_F(AuthorityFullStoreTest, AfterTheFirstThatCannotGoOnTheSweepTriesNoOther) {
  std::vector<OrderView> interrupted;
  for (const char* name : {"corp.test", "www.corp.test"}) {
    interrupted.push_back(ready_order(account_, {name}));
    store_.next_commits({std::nullopt, ErrorKind::unavailable});
    run(finalize(account_, interrupted.back(), csr_for({name}))).value();
  }
  restart();
  store_.next_commits({ErrorKind::unavailable});
  EXPECT_EQ(error_of(authority_->sweep()), ErrorKind::unavailable);
  run_background();
  for (const OrderView& one : interrupted)
    EXPECT_EQ(order(account_, one.order.id).status, OrderStatus::processing);
  run(authority_->sweep()).value();
  run_background();
  for (const OrderView& one : interrupted)
    EXPECT_EQ(order(account_, one.order.id).status, OrderStatus::valid);
}

}  // namespace
}  // namespace acmecore
