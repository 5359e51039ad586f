#include <gmock/gmock.h>

#include "acmecore/administration.h"
#include "acmecore/external_account_keys.h"
#include "acmecore/server_identity.h"
#include "base/openssl.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/audit_fixture.h"
#include "tests/acmecore/authority_fixture.h"

// What the audit log tells of what happens: everything, once, and in the commit that makes it so.
namespace acmecore {
namespace {

using base::ErrorKind;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAddress = "192.0.2.1";

class AuthorityAuditTest : public AuthorityTest {
 protected:
  std::vector<std::string> kinds() { return audit_kinds(memory_); }
  AuditEvent last(size_t behind = 0) {
    const auto events = audit_events(memory_);
    return events.size() > behind ? events[events.size() - 1 - behind] : AuditEvent();
  }
  // What is noted from now on.
  void forget() { seen_ = audit_events(memory_).size(); }
  std::vector<std::string> new_kinds() {
    auto all = kinds();
    all.erase(all.begin(), all.begin() + std::ptrdiff_t(seen_));
    return all;
  }
  void flush() { ASSERT_TRUE(run(authority_->refusals().flush())); }
  Requester from(const Account& account) { return {account, kAddress}; }
  base::Result<OrderView> order_for(const Account& account, const std::vector<std::string>& names) {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    return run(authority_->new_order(from(account), std::move(request)));
  }

  Administration administration_{records_, clock_};
  size_t seen_ = 0;
};

TEST_F(AuthorityAuditTest, AnIssuanceIsToldFromItsAccountToItsCertificate) {
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test", "*.corp.test"});
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kAccountCreated, audit_kind::kOrderCreated,
                                   audit_kind::kChallengeValidated, audit_kind::kChallengeValidated,
                                   audit_kind::kOrderFinalized, audit_kind::kCertificateIssued));
  const AuditEvent issued = last();
  EXPECT_EQ(issued.account, account.id);
  EXPECT_EQ(issued.order, certificate.order);
  EXPECT_EQ(issued.serial, certificate.serial);
  EXPECT_EQ(issued.actor, Actor{}) << "the server's own doing";
  EXPECT_THAT(issued.identifiers, ElementsAre("corp.test", "*.corp.test"));
  EXPECT_EQ(issued.authorizations.size(), 2u);
  EXPECT_EQ(issued.detail("certificate_sha256"), text_of(Serial{base::sha256(certificate.der)}));
  EXPECT_EQ(issued.detail("not_after"), base::rfc3339(certificate.not_after));
  EXPECT_EQ(issued.detail("issuer_sha256"), test_issuer().id());
  const AuditEvent finalized = last(1);
  EXPECT_EQ(finalized.serial, certificate.serial) << "before it was signed";
  EXPECT_EQ(finalized.detail("csr_sha256").size(), 64u);
  const AuditEvent validated = last(2);
  EXPECT_EQ(validated.authorizations[0], issued.authorizations[1]);
  EXPECT_THAT(validated.evidence, ElementsAre(HasSubstr("primary: asked for corp.test. TXT")));
}

TEST_F(AuthorityAuditTest, WhoAsksIsToldWithTheAddress) {
  NewAccountRequest request;
  request.terms_of_service_agreed = true;
  request.address = kAddress;
  const Account account =
      run(authority_->new_account(directory_, ClientKey().account_key(), std::move(request))).value().account;
  EXPECT_EQ(last().actor, (Actor{"", account.id, kAddress}));
  ASSERT_TRUE(order_for(account, {"corp.test"}));
  EXPECT_EQ(last().actor, (Actor{"", account.id, kAddress}));
  const Account of_credential = run(authority_->account_for("host", kAddress)).value();
  EXPECT_EQ(last().actor, (Actor{"host", of_credential.id, kAddress}));
  run(authority_->account_for("host", kAddress)).value();
  EXPECT_EQ(kinds().size(), 3u) << "a use is no event";
}

TEST_F(AuthorityAuditTest, AnAccountsLifeIsTold) {
  const Account account = new_account();
  forget();
  run(authority_->update_contacts(from(account), {"mailto:a@corp.test"})).value();
  EXPECT_EQ(last().detail("contact"), "mailto:a@corp.test");
  run(authority_->update_contacts(from(account), {"mailto:a@corp.test"})).value();  // changes nothing
  const ClientKey key;
  run(authority_->change_key(from(account), key.account_key())).value();
  EXPECT_EQ(last().detail("key_thumbprint"), key.account_key().thumbprint());
  EXPECT_EQ(last().detail("key_thumbprint_before"), account.key_thumbprint);
  directory_.terms_of_service = "https://corp.test/2";
  const std::string token = run(authority_->agreement_token(directory_, account)).value();
  ASSERT_TRUE(run(authority_->agree(directory_, account.id, token, kAddress)));
  EXPECT_EQ(last().actor, (Actor{"", "", kAddress})) << "whoever has the URL";
  EXPECT_EQ(last().detail("terms_of_service"), "https://corp.test/2");
  run(administration_.set_contacts(account.id, {}, kAnna)).value();
  EXPECT_EQ(last().actor, kAnna);
  run(authority_->deactivate_account(from(account))).value();
  const Account other = new_account();
  run(administration_.disable_account(other.id, kAnna)).value();
  run(administration_.disable_account(other.id, kAnna)).value();  // changes nothing
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kAccountUpdated, audit_kind::kAccountKeyChanged,
                                       audit_kind::kAccountAgreed, audit_kind::kAccountUpdated,
                                       audit_kind::kAccountDeactivated, audit_kind::kAccountCreated,
                                       audit_kind::kAccountDisabled));
  EXPECT_EQ(last().actor, kAnna);
}

TEST_F(AuthorityAuditTest, AnAccountThatNeverOrderedIsToldToBeRemoved) {
  const Account account = new_account();
  clock_.advance(kUnusedAccountRetention + std::chrono::hours(1));
  run(authority_->sweep()).value();
  EXPECT_EQ(last().kind, audit_kind::kAccountRemoved);
  EXPECT_EQ(last().account, account.id);
}

TEST_F(AuthorityAuditTest, AuthorizationsAreToldToBeMadeAndEnded) {
  const Account account = new_account();
  forget();
  const AuthorizationView made =
      run(authority_->new_authorization(from(account), {"dns", "corp.test"})).value();
  EXPECT_THAT(last().authorizations, ElementsAre(made.authorization.id));
  run(authority_->deactivate_authorization(from(account), made.authorization.id)).value();
  run(authority_->deactivate_authorization(from(account), made.authorization.id)).value();
  const OrderView ready = ready_order(account, {"www.corp.test"});
  run(administration_.revoke_authorization(ready.order.authorizations[0], kAnna)).value();
  EXPECT_EQ(last().actor, kAnna);
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kAuthorizationCreated,
                                       audit_kind::kAuthorizationDeactivated, audit_kind::kOrderCreated,
                                       audit_kind::kChallengeValidated, audit_kind::kAuthorizationRevoked));
}

TEST_F(AuthorityAuditTest, AValidationThatFailsIsToldOnceItIsOver) {
  options_.retries = {std::chrono::seconds(10), std::chrono::seconds(5)};
  restart();
  const Account account = new_account();
  const OrderView order = new_order(account, {"corp.test"});
  forget();
  respond(account, order.order.authorizations[0]);
  EXPECT_THAT(new_kinds(), IsEmpty()) << "there is another look to come";
  for (int look = 0; look < 3; ++look) {
    clock_.advance(std::chrono::seconds(5));
    run(authority_->sweep_authorizations()).value();
    run_background();
  }
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kChallengeFailed));
  EXPECT_EQ(last().problem, "unauthorized");
  EXPECT_EQ(last().evidence.size(), 3u);
}

TEST_F(AuthorityAuditTest, APauseAndItsEndAreTold) {
  options_.pausing = {1, std::chrono::hours(24)};
  restart();
  const Account account = new_account();
  const OrderView order = new_order(account, {"corp.test"});
  forget();
  respond(account, order.order.authorizations[0]);
  EXPECT_FALSE(order_for(account, {"corp.test"}));
  flush();
  run(authority_->pausing().lift_all(account.id, kAnna)).value();
  run(authority_->pausing().lift_all(account.id, kAnna)).value();  // nothing is paused
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kChallengeFailed, audit_kind::kNamePaused,
                                       audit_kind::kOrderRefused, audit_kind::kPauseLifted));
  EXPECT_EQ(last().actor, kAnna);
  EXPECT_THAT(last().identifiers, ElementsAre("corp.test"));
}

TEST_F(AuthorityAuditTest, WhatAPersonDecidesIsTold) {
  rules_.approval = patterns({"**.slow.test"});
  restart();
  const Account account = new_account();
  const auto waiting = [&](const std::string& name) {
    const OrderView ready = ready_order(account, {name});
    return run(finalize(account, ready, csr_for({name}))).value().order.id;
  };
  const std::string approved = waiting("a.slow.test");
  EXPECT_EQ(last().kind, audit_kind::kOrderWaiting);
  EXPECT_EQ(last().serial, std::nullopt);
  forget();
  run(authority_->approve(approved, kAnna, std::chrono::hours(1))).value();
  EXPECT_EQ(last(1).actor, kAnna);
  run(authority_->reject(waiting("b.slow.test"), kBert, "not ours")).value();
  EXPECT_EQ(last().actor, kBert);
  EXPECT_THAT(last().reason, HasSubstr("not ours"));
  run(authority_->withdraw(from(account), waiting("c.slow.test"))).value();
  const std::string forgotten = waiting("d.slow.test");
  clock_.advance(std::chrono::days(4));
  run(authority_->sweep()).value();
  EXPECT_EQ(last().kind, audit_kind::kOrderNotApproved);
  EXPECT_EQ(last().order, forgotten);
  EXPECT_THAT(new_kinds(), AllOf(Contains(audit_kind::kOrderApproved), Contains(audit_kind::kOrderRejected),
                                 Contains(audit_kind::kOrderWithdrawn)));
}

TEST_F(AuthorityAuditTest, ARevocationTellsWhoAndWhy) {
  const base::PkeyHandle key = make_p256();
  const Account account = new_account();
  const IssuedCertificate first = issue(account, {"a.corp.test"});
  const IssuedCertificate second = issue(account, {"b.corp.test"}, key.get());
  forget();
  ASSERT_TRUE(run(authority_->revoke(from(account), first.der, 4)));
  EXPECT_EQ(last().actor.address, kAddress);
  EXPECT_EQ(last().reason, "superseded");
  EXPECT_EQ(last().serial, first.serial);
  EXPECT_THAT(last().identifiers, ElementsAre("a.corp.test"));
  EXPECT_FALSE(run(authority_->revoke(from(account), first.der, 4)));
  ASSERT_TRUE(run(authority_->revoke_by_key(spki_of(key.get()), second.der, 0, kAddress)));
  EXPECT_EQ(last().detail("key_sha256"), text_of(Serial{base::sha256(spki_of(key.get()))}));
  EXPECT_EQ(last(1).actor, (Actor{"", "", kAddress})) << "whoever has the key";
  EXPECT_EQ(last(1).reason, "keyCompromise");
  EXPECT_FALSE(run(authority_->revoke_by_key(spki_of(key.get()), second.der, 0, kAddress)));
  flush();
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kCertificateRevoked, audit_kind::kCertificateRevoked,
                                       audit_kind::kKeyBlocked))
      << "to ask twice is no refusal";
}

TEST_F(AuthorityAuditTest, WhatIsRefusedIsTold) {
  rules_.deny = patterns({"**.denied.test"});
  options_.limits.new_orders_per_account = {3, std::chrono::hours(1)};
  restart();
  const Account account = new_account();
  const IssuedCertificate certificate = issue(account, {"corp.test"});
  const Account other = new_account();
  const OrderView ready = ready_order(account, {"b.corp.test"});
  forget();
  EXPECT_FALSE(order_for(account, {"a.denied.test"}));
  EXPECT_FALSE(order_for(account, {"not a name"})) << "a mistake is no refusal";
  EXPECT_FALSE(run(finalize(from(account), ready, csr_for({"c.corp.test"}))));
  EXPECT_FALSE(run(authority_->revoke(from(other), certificate.der, std::nullopt)));
  ASSERT_TRUE(order_for(account, {"d.corp.test"}));
  EXPECT_FALSE(order_for(account, {"e.corp.test"}));
  EXPECT_FALSE(run(authority_->new_authorization(from(account), {"dns", "b.denied.test"})));
  flush();
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kOrderCreated, audit_kind::kOrderRefused,
                                       audit_kind::kCertificateRefused, audit_kind::kRevocationRefused,
                                       audit_kind::kOrderRefused, audit_kind::kAuthorizationRefused));
  const auto events = audit_events(memory_);
  const AuditEvent& policy = events[seen_ + 1];
  EXPECT_EQ(policy.problem, "rejectedIdentifier");
  EXPECT_THAT(policy.identifiers, ElementsAre("a.denied.test"));
  EXPECT_EQ(policy.actor, (Actor{"", account.id, kAddress}));
  EXPECT_EQ(events[seen_ + 2].problem, "badCSR");
  EXPECT_EQ(events[seen_ + 2].order, ready.order.id);
  EXPECT_EQ(events[seen_ + 3].serial, certificate.serial);
  EXPECT_EQ(events[seen_ + 4].problem, "rateLimited");
}

TEST_F(AuthorityAuditTest, AnAccountThatIsRefusedIsToldByItsAddress) {
  directory_.external_account = ExternalAccountMode::required;
  NewAccountRequest request;
  request.terms_of_service_agreed = true;
  request.address = kAddress;
  EXPECT_FALSE(run(authority_->new_account(directory_, ClientKey().account_key(), std::move(request))));
  flush();
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kAccountRefused));
  EXPECT_EQ(last().actor, (Actor{"", "", kAddress}));
  EXPECT_EQ(last().problem, "externalAccountRequired");
}

TEST_F(AuthorityAuditTest, ExternalAccountKeysAreTold) {
  directory_.external_account = ExternalAccountMode::optional;
  ExternalAccountKeys keys(records_, clock_, {directory_});
  const ExternalAccountKey key = run(keys.create({}, kAnna)).value();
  run(keys.set_disabled(key.id, true, kAnna)).value();
  run(keys.set_disabled(key.id, false, kBert)).value();
  ASSERT_TRUE(run(keys.remove(key.id, kBert)));
  EXPECT_THAT(kinds(),
              ElementsAre(audit_kind::kExternalAccountKeyCreated, audit_kind::kExternalAccountKeyDisabled,
                          audit_kind::kExternalAccountKeyEnabled, audit_kind::kExternalAccountKeyRemoved));
  EXPECT_EQ(last().detail("external_account_key"), key.id);
  EXPECT_EQ(last().actor, kBert);
}

TEST_F(AuthorityAuditTest, ACertificateThatIsNotSignedIsToldWithItsCause) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  rules_.deny = patterns({"corp.test"});
  restart();
  forget();
  run(finalize(account, ready, csr_for({"corp.test"}))).value();
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kOrderFinalized, audit_kind::kCertificateRefused));
  EXPECT_EQ(last().problem, "rejectedIdentifier");
  EXPECT_EQ(last().order, ready.order.id);
}

TEST_F(AuthorityAuditTest, ASerialThatIsGivenUpIsTold) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  store_.next_commits({std::nullopt, ErrorKind::unavailable});
  EXPECT_EQ(run(finalize(account, ready, csr_for({"corp.test"})))->status, OrderStatus::processing);
  const auto finalized = last().serial;
  forget();
  restart();
  run(authority_->sweep()).value();
  run_background();
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kOrderTakenUp, audit_kind::kCertificateIssued));
  EXPECT_EQ(last(1).detail("abandoned_serial"), text_of(*finalized));
  EXPECT_NE(last().serial, finalized);
}

TEST_F(AuthorityAuditTest, CertificatesOfOurOwnAreTold) {
  const ServerIdentity identity =
      run(new_server_identity(records_, test_issuers(), std::string(kDefaultIssuer), {"ca.corp.test"}, kNow))
          .value();
  EXPECT_THAT(kinds(), ElementsAre(audit_kind::kCertificateIssued));
  EXPECT_EQ(last().serial, identity.serial);
  EXPECT_THAT(last().identifiers, Contains("ca.corp.test"));
  EXPECT_EQ(last().account, "");
}

// A commit that does not pass leaves neither the change nor its entry, and one that is tried again leaves one.
TEST_F(AuthorityAuditTest, WhatIsNotCommittedIsNotTold) {
  const Account account = new_account();
  forget();
  store_.next_commits({ErrorKind::unavailable});
  EXPECT_FALSE(order_for(account, {"corp.test"}));
  EXPECT_THAT(new_kinds(), IsEmpty());
  store_.next_commits({ErrorKind::conflict, ErrorKind::conflict});
  EXPECT_TRUE(order_for(account, {"corp.test"}));
  EXPECT_THAT(new_kinds(), ElementsAre(audit_kind::kOrderCreated));
}

}  // namespace
}  // namespace acmecore
