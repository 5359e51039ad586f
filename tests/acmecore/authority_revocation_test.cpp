#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityRevocationTest : public AuthorityTest {
 protected:
  std::optional<Revocation> revocation(const IssuedCertificate& certificate) {
    return run(records_.certificate(certificate.serial))->value.revocation;
  }
};

TEST_F(AuthorityRevocationTest, TheAccountThatOrderedRevokesWithItsReason) {
  const Account account = new_account();
  const IssuedCertificate plain = issue(account, {"corp.test"});
  EXPECT_EQ(error_of(authority_->revoke(account, plain.der, std::nullopt)), kNone);
  EXPECT_EQ(revocation(plain), (Revocation{kNow, RevocationReason::unspecified}));

  const IssuedCertificate superseded = issue(account, {"corp.test"});
  store_.next_commits({ErrorKind::conflict});
  EXPECT_EQ(error_of(authority_->revoke(account, superseded.der, 4)), kNone);
  EXPECT_EQ(revocation(superseded), (Revocation{kNow, RevocationReason::superseded}));
}

// T73
TEST_F(AuthorityRevocationTest, ACertificateIsRevokedOnce) {
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"});
  EXPECT_EQ(error_of(authority_->revoke(account, certificate.der, 1)), kNone);
  EXPECT_EQ(error_of(authority_->revoke(account, certificate.der, 4)), ErrorKind::already_revoked);
  EXPECT_EQ(revocation(certificate)->reason, RevocationReason::key_compromise);
}

// R01–R06
TEST_F(AuthorityRevocationTest, OtherReasonsAreRefused) {
  const base::PkeyHandle key = make_p256();
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"}, key.get());
  for (int64_t reason : {int64_t(2), int64_t(6), int64_t(7), int64_t(9), int64_t(11), int64_t(99),
                         int64_t(-1), int64_t(2147483648)}) {
    EXPECT_EQ(error_of(authority_->revoke(account, certificate.der, reason)),
              ErrorKind::bad_revocation_reason);
    EXPECT_EQ(error_of(authority_->revoke_by_key(spki_of(key.get()), certificate.der, reason)),
              ErrorKind::bad_revocation_reason);
  }
  EXPECT_FALSE(revocation(certificate));
}

// T72
TEST_F(AuthorityRevocationTest, AnotherAccountNeedsAuthorizationsForAllNames) {
  const IssuedCertificate certificate = issue(new_account(), {"corp.test", "*.corp.test"});
  const Account other = new_account();
  const auto revoke = [&] { return error_of(authority_->revoke(other, certificate.der, 1)); };
  EXPECT_EQ(revoke(), ErrorKind::unauthorized);
  ready_order(other, {"corp.test", "www.corp.test"});
  EXPECT_EQ(revoke(), ErrorKind::unauthorized);
  new_order(other, {"*.corp.test"});
  EXPECT_EQ(revoke(), ErrorKind::unauthorized);  // pending
  ready_order(other, {"*.corp.test"});
  EXPECT_EQ(revoke(), kNone);
  EXPECT_EQ(revocation(certificate)->reason, RevocationReason::cessation_of_operation);
}

// RFC 8555 §7.6: for as long as they are valid, which is longer than there are traces of their orders.
TEST_F(AuthorityRevocationTest, AuthorizationsCountUntilTheyExpire) {
  const IssuedCertificate certificate = issue(new_account(), {"corp.test"});
  const Account other = new_account();
  ready_order(other, {"corp.test"});
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_TRUE(run(authority_->orders(other, ""))->found.empty());
  clock_.advance(kNow + options_.authorization_lifetime - clock_.now());
  EXPECT_EQ(error_of(authority_->revoke(other, certificate.der, 0)), ErrorKind::unauthorized);
  clock_.advance(-std::chrono::milliseconds(1));
  EXPECT_EQ(error_of(authority_->revoke(other, certificate.der, 0)), kNone);
}

TEST_F(AuthorityRevocationTest, AnAuthorizationThatWasDeactivatedOrNotProvedDoesNotCount) {
  const IssuedCertificate certificate = issue(new_account(), {"corp.test"});
  const Account other = new_account();
  const OrderView first = ready_order(other, {"corp.test"});
  const OrderView second = ready_order(other, {"corp.test"});
  run(authority_->deactivate_authorization(other, second.order.authorizations[0])).value();
  const auto proved = [&] {
    return run(records_.proved_authorizations(other.id, "corp.test", "", 10)).value();
  };
  EXPECT_EQ(proved(), first.order.authorizations);
  run(authority_->deactivate_authorization(other, first.order.authorizations[0])).value();
  EXPECT_TRUE(proved().empty());
  respond(other, new_order(other, {"corp.test"}).order.authorizations[0]);
  EXPECT_EQ(error_of(authority_->revoke(other, certificate.der, 0)), ErrorKind::unauthorized);
  ready_order(other, {"corp.test"});
  EXPECT_EQ(error_of(authority_->revoke(other, certificate.der, 0)), kNone);
}

TEST_F(AuthorityRevocationTest, AuthorizationsAreFoundBehindAnyNumberThatExpired) {
  const IssuedCertificate certificate = issue(new_account(), {"corp.test"});
  const Account other = new_account();
  for (int i = 0; i < 250; ++i)
    ready_order(other, {"corp.test"});
  clock_.advance(options_.authorization_lifetime);
  EXPECT_EQ(error_of(authority_->revoke(other, certificate.der, 0)), ErrorKind::unauthorized);
  ready_order(other, {"corp.test"});
  EXPECT_EQ(error_of(authority_->revoke(other, certificate.der, 0)), kNone);
}

TEST_F(AuthorityRevocationTest, WhatWasProvedIsForgottenWithItsAuthorization) {
  const Account account = new_account();
  ready_order(account, {"corp.test"});
  clock_.advance(options_.authorization_lifetime + kExpiredRetention);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_TRUE(run(records_.proved_authorizations(account.id, "corp.test", "", 10))->empty());
}

TEST_F(AuthorityRevocationTest, TheCertificatesKeyRevokesAndIsBlocked) {
  const ClientKey key;
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"}, key.handle());
  const base::Bytes spki = key.account_key().spki_der();
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki_of(make_p256().get()), certificate.der, 0)),
            ErrorKind::unauthorized);
  EXPECT_FALSE(revocation(certificate));
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki, certificate.der, 4)), kNone);
  EXPECT_EQ(revocation(certificate)->reason, RevocationReason::key_compromise);
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki, certificate.der, 4)), ErrorKind::already_revoked);

  EXPECT_EQ(error_of(authority_->new_account(directory_, key.account_key(), {})), ErrorKind::bad_public_key);
  const OrderView ready = ready_order(account, {"corp.test"});
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}, key.handle()))), ErrorKind::bad_csr);
}

TEST_F(AuthorityRevocationTest, AKeyThatIsKnownToOthersIsBlockedAlsoWhenTheCertificateWasRevokedBefore) {
  const ClientKey key;
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"}, key.handle());
  ASSERT_EQ(error_of(authority_->revoke(account, certificate.der, 4)), kNone);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(error_of(authority_->revoke_by_key(key.account_key().spki_der(), certificate.der, std::nullopt)),
            ErrorKind::already_revoked);
  EXPECT_EQ(revocation(certificate), (Revocation{kNow, RevocationReason::key_compromise}));
  EXPECT_EQ(error_of(authority_->new_account(directory_, key.account_key(), {})), ErrorKind::bad_public_key);
  const OrderView ready = ready_order(account, {"corp.test"});
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"corp.test"}, key.handle()))), ErrorKind::bad_csr);
}

TEST_F(AuthorityRevocationTest, OnlyOurCertificatesAreRevoked) {
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"});
  const base::PkeyHandle key = make_p256();
  LeafRequest request = good_leaf_request();
  request.spki_der = spki_of(key.get());
  const base::Bytes unrecorded = test_issuer().sign_leaf(request).value();
  EXPECT_EQ(error_of(authority_->revoke(account, unrecorded, 0)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki_of(key.get()), unrecorded, 0)), ErrorKind::not_found);

  // One of ours in all but its octets: the last of the signature.
  base::Bytes forged = certificate.der;
  forged.back() = char(forged.back() ^ 1);
  EXPECT_EQ(error_of(authority_->revoke(account, forged, 0)), ErrorKind::not_found);

  for (const base::Bytes& rubbish : {base::Bytes(), base::Bytes("rubbish"), csr_for({"corp.test"})}) {
    EXPECT_EQ(error_of(authority_->revoke(account, rubbish, 0)), ErrorKind::malformed);
    EXPECT_EQ(error_of(authority_->revoke_by_key(spki_of(key.get()), rubbish, 0)), ErrorKind::malformed);
  }
  EXPECT_FALSE(revocation(certificate));
}

TEST_F(AuthorityRevocationTest, AnExpiredCertificateIsNotRevoked) {
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"});
  clock_.advance(certificate.not_after - kNow);
  EXPECT_EQ(error_of(authority_->revoke(account, certificate.der, 99)), ErrorKind::bad_revocation_reason);
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(error_of(authority_->revoke(account, certificate.der, 0)), ErrorKind::unauthorized);
}

TEST_F(AuthorityRevocationTest, ButItsKeyIsBlocked) {
  const ClientKey key;
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"}, key.handle());
  clock_.advance(certificate.not_after - kNow + std::chrono::milliseconds(1));
  const base::Bytes spki = key.account_key().spki_der();
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki, certificate.der, 1)), ErrorKind::unauthorized);
  EXPECT_EQ(error_of(authority_->new_account(directory_, key.account_key(), {})), ErrorKind::bad_public_key);
}

class AuthoritySweepTest : public AuthorityRevocationTest {};

TEST_F(AuthoritySweepTest, RemovesWhatExpiredLongAgoAndNothingElse) {
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"});
  const OrderView old = new_order(account, {"old.corp.test"});
  clock_.advance(options_.order_lifetime + kExpiredRetention - std::chrono::milliseconds(1));
  const OrderView young = new_order(account, {"young.corp.test"});
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(order(account, old.order.id).status, OrderStatus::invalid);

  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(error_of(authority_->order(account, old.order.id)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->authorization(account, old.order.authorizations[0])), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->order(account, certificate.order)), ErrorKind::not_found);
  EXPECT_EQ(run(authority_->orders(account, ""))->found, (std::vector<std::string>{young.order.id}));
  EXPECT_EQ(run(authority_->authorization(account, young.order.authorizations[0]))->status,
            AuthorizationStatus::pending);
  EXPECT_EQ(error_of(authority_->certificate(account, certificate.serial)), kNone);

  clock_.advance(certificate.not_after + kCertificateRetention - clock_.now());
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(error_of(authority_->certificate(account, certificate.serial)), ErrorKind::not_found);
  EXPECT_EQ(error_of(records_.account(account.id)), kNone);
}

TEST_F(AuthoritySweepTest, RemovesAccountsThatNeverOrdered) {
  const ClientKey key;
  const Account unused = new_account(key);
  const Account used = new_account();
  new_order(used, {"corp.test"});
  const Account of_credential = run(authority_->account_for("admin")).value();
  for (const Account& account : {unused, used})
    run(authority_->update_contacts(account, {"mailto:a@corp.test"})).value();
  clock_.advance(kUnusedAccountRetention - std::chrono::milliseconds(1));
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(error_of(records_.account(unused.id)), kNone);

  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(error_of(records_.account(unused.id)), ErrorKind::not_found);
  EXPECT_EQ(error_of(records_.account(used.id)), kNone);
  EXPECT_EQ(error_of(records_.account(of_credential.id)), kNone);
  NewOrderRequest request;
  request.identifiers = {{"dns", "corp.test"}};
  EXPECT_EQ(error_of(authority_->new_order(unused, request)), ErrorKind::account_does_not_exist);
  EXPECT_NE(new_account(key).id, unused.id);
}

TEST_F(AuthoritySweepTest, AnAccountThatOrdersWhileItIsRemovedStays) {
  const Account account = new_account();
  clock_.advance(kUnusedAccountRetention);
  store_.before_next_commit([&]() -> base::Task<void> {
    NewOrderRequest request;
    request.identifiers.push_back({"dns", "corp.test"});
    const auto ordered = co_await authority_->new_order(account, request);
    EXPECT_TRUE(ordered);
  });
  EXPECT_EQ(run(authority_->sweep()), false);
  EXPECT_FALSE(run(records_.account(account.id))->value.unused);
}

TEST_F(AuthoritySweepTest, RemovesABoundedNumberAtOnceAndSaysThatThereIsMore) {
  const Account account = new_account();
  for (size_t i = 0; i < kSweepMax + 1; ++i)
    new_order(account, {"corp.test"});
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  EXPECT_EQ(run(authority_->sweep()), true);
  EXPECT_EQ(run(records_.due_orders(clock_.now(), 10))->size(), 1u);
  EXPECT_EQ(run(records_.due_authorizations(clock_.now(), 10))->size(), 1u);
  EXPECT_EQ(run(authority_->sweep()), false);
  EXPECT_TRUE(run(records_.due_orders(clock_.now(), 10))->empty());
  EXPECT_TRUE(run(records_.due_authorizations(clock_.now(), 10))->empty());
}

TEST_F(AuthoritySweepTest, TakesUpWhatWasProcessingBeforeAnyNumberOfRemovals) {
  const Account account = new_account();
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i)
    names.push_back("n" + std::to_string(i) + ".corp.test");
  for (size_t i = 0; i < 3 * kSweepMax; i += names.size())
    new_order(account, names);
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  const std::string late = new_order(account, {"corp.test"}).order.authorizations[0];
  validation_->close();
  respond(account, late, std::chrono::milliseconds(0));
  restart();
  validation_->publish("corp.test",
                       dns01_value(authorization(late).challenges[0].token, account.key_thumbprint));
  EXPECT_EQ(run(authority_->sweep()), true);
  run_background();
  EXPECT_EQ(authorization(late).challenges[0].status, ChallengeStatus::valid);
}

TEST_F(AuthoritySweepTest, LooksBehindAllThatIsInHandOrWaitsForItsTurn) {
  const Account account = new_account();
  std::vector<std::string> waiting;
  for (size_t i = 0; i < kSweepMax + 1; ++i)
    waiting.push_back(new_order(account, {"corp.test"}).order.authorizations[0]);
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  const std::string expired = waiting.back();
  waiting.pop_back();
  for (const std::string& id : waiting) {
    auto processing = run(records_.authorization(id)).value();
    processing->expires = clock_.now() + options_.order_lifetime;
    processing->challenges[0].status = ChallengeStatus::processing;
    Changes changes;
    changes.update(processing);
    ASSERT_TRUE(run(records_.commit(std::move(changes))));
  }
  validation_->close();
  for (int i = 0; run(authority_->sweep()) == true; ++i)
    ASSERT_LT(i, 10);
  EXPECT_EQ(run(records_.authorization(expired)).error().kind, ErrorKind::not_found);
  EXPECT_EQ(run(records_.due_authorizations(clock_.now(), 2 * kSweepMax))->size(), kSweepMax);
}

TEST_F(AuthoritySweepTest, WritesNothingWhereThereIsNothingToDo) {
  const Account account = new_account();
  new_order(account, {"corp.test"});
  memory_.set_full(true);
  EXPECT_TRUE(run(authority_->sweep()));
}

TEST_F(AuthoritySweepTest, StopsWhereTheStoreDoes) {
  new_order(new_account(), {"corp.test"});
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  memory_.set_full(true);
  EXPECT_EQ(error_of(authority_->sweep()), ErrorKind::unavailable);
  memory_.set_full(false);
  store_.next_commits({ErrorKind::conflict, ErrorKind::conflict});
  EXPECT_EQ(run(authority_->sweep()), false);  // the next one will do
  EXPECT_EQ(run(records_.due_orders(clock_.now(), 10))->size(), 1u);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_TRUE(run(records_.due_orders(clock_.now(), 10))->empty());
}

TEST_F(AuthoritySweepTest, ARecordThatCannotBeReadDoesNotKeepItFromTheOthers) {
  storage::Batch batch;
  batch.puts.push_back({"oaaa", "\xff", kNow});
  ASSERT_TRUE(run(store_.commit(std::move(batch))));
  const OrderView old = new_order(new_account(), {"corp.test"});
  clock_.advance(options_.order_lifetime + kExpiredRetention);
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(run(records_.order(old.order.id)).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace acmecore
