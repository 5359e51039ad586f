#include "acmecore/revocations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/certificate.h"
#include "base/openssl.h"
#include "tests/acmecore/audit_fixture.h"
#include "tests/acmecore/revocations_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::ErrorKind;
using std::chrono::hours;
using std::chrono::seconds;
using Status = RevocationOutcome::Status;

// Keys that are known to others: they are blocked, and all that is certified for them is revoked.
using CompromisedKeysTest = RevocationsTest;

TEST_F(CompromisedKeysTest, AKeyThatIsKnownToOthersIsBlockedAndItsCertificatesAreRevoked) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(new_account(), {"a.corp.test"}, key.get());
  const IssuedCertificate other = issue(account_, {"b.corp.test"});
  EXPECT_EQ(revoke(named.serial, RevocationReason::key_compromise).status, Status::revoked);
  EXPECT_TRUE(is_blocked(named));
  EXPECT_EQ(revocation(sibling), std::nullopt);
  finish_jobs();
  EXPECT_EQ(revocation(sibling)->reason, RevocationReason::key_compromise);
  EXPECT_EQ(revocation(other), std::nullopt);
  EXPECT_FALSE(is_blocked(other));
  EXPECT_TRUE(run(revocations_.jobs("", 10))->found.empty());  // nobody asked for this one
}

TEST_F(CompromisedKeysTest, WhoSaysItAgainBlocksNothingAndStartsNoOtherJob) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(account_, {"a.corp.test"}, key.get());
  EXPECT_EQ(revoke(named.serial, RevocationReason::key_compromise).status, Status::revoked);
  const size_t events = audit_events(memory_).size();
  EXPECT_EQ(revoke(named.serial, RevocationReason::key_compromise).status, Status::was_revoked);
  EXPECT_EQ(audit_events(memory_).size(), events);
  EXPECT_EQ(run(records_.unfinished_revocation_jobs(10))->size(), 1u);
  EXPECT_EQ(revoke(sibling.serial, RevocationReason::key_compromise).status, Status::revoked);
  EXPECT_EQ(run(records_.unfinished_revocation_jobs(10))->size(), 1u);
}

TEST_F(CompromisedKeysTest, ASubscriberWhoSignsByTheKeyStartsTheSame) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(new_account(), {"a.corp.test"}, key.get());
  EXPECT_EQ(error_of(authority_->revoke_by_key(spki_of(key.get()), named.der, std::nullopt)), kNone);
  restart();  // the job is among the records
  finish_jobs();
  EXPECT_EQ(revocation(sibling), (Revocation{kNow, RevocationReason::key_compromise}));
}

TEST_F(CompromisedKeysTest, WhatWasRevokedForAnotherReasonIsNowKnownToBeCompromised) {
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  revoke(certificate.serial);
  clock_.advance(hours(1));
  EXPECT_EQ(revoke(certificate.serial, RevocationReason::key_compromise).status, Status::was_revoked);
  EXPECT_EQ(revocation(certificate), (Revocation{kNow, RevocationReason::key_compromise}));
  EXPECT_TRUE(is_blocked(certificate));
  const CrlShard shard{ca_, 0};
  EXPECT_EQ(run(records_.revoked(shard, "", 2)).value().at(0).revocation.reason,
            RevocationReason::key_compromise);
}

// BR 4.9.1.1, 7.2.2.
TEST_F(CompromisedKeysTest, SiblingsThatWereRevokedForAnotherReasonAreCompromisedToo) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(account_, {"a.corp.test"}, key.get());
  revoke(sibling.serial);
  clock_.advance(hours(1));
  revoke(named.serial, RevocationReason::key_compromise);
  finish_jobs();
  EXPECT_EQ(revocation(sibling), (Revocation{kNow, RevocationReason::key_compromise}));
}

TEST_F(CompromisedKeysTest, AJobForAnotherReasonLeavesReasonsAsTheyAre) {
  const IssuedCertificate stolen = issue(account_, {"corp.test"});
  const IssuedCertificate withdrawn = issue(account_, {"a.corp.test"});
  revoke(stolen.serial, RevocationReason::key_compromise);
  revoke(withdrawn.serial, RevocationReason::privilege_withdrawn);
  start({.account = account_.id});
  finish_jobs();
  EXPECT_EQ(revocation(stolen)->reason, RevocationReason::key_compromise);
  EXPECT_EQ(revocation(withdrawn)->reason, RevocationReason::privilege_withdrawn);
}

TEST_F(CompromisedKeysTest, AJobWithKeyCompromiseBlocksKeysAndFindsTheirSiblings) {
  const base::PkeyHandle key = make_p256(), old_key = make_p256();
  const IssuedCertificate expired = issue(account_, {"old.corp.test"}, old_key.get());
  clock_.advance(expired.not_after + seconds(1) - clock_.now());
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate again = issue(account_, {"b.corp.test"}, key.get());
  const IssuedCertificate before = issue(account_, {"c.corp.test"});
  revoke(before.serial);
  const Account other = new_account();
  const IssuedCertificate sibling = issue(other, {"a.corp.test"}, key.get());
  const IssuedCertificate unrelated = issue(other, {"d.corp.test"});
  start({.account = account_.id}, RevocationReason::key_compromise);
  finish_jobs();
  for (const IssuedCertificate& one : {named, again, before, sibling}) {
    EXPECT_EQ(revocation(one)->reason, RevocationReason::key_compromise);
    EXPECT_TRUE(is_blocked(one));
  }
  EXPECT_TRUE(is_blocked(expired));
  EXPECT_EQ(revocation(expired), std::nullopt);
  EXPECT_EQ(revocation(unrelated), std::nullopt);
  EXPECT_FALSE(is_blocked(unrelated));
  EXPECT_EQ(run(revocations_.jobs("", 10))->found.size(), 1u);
}

TEST_F(CompromisedKeysTest, AJobForAKeyBlocksItAlsoWhereItAsksForMore) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(new_account(), {"a.corp.test"}, key.get());
  start({.account = account_.id, .spki_digest = key_of(named)});
  finish_jobs();
  EXPECT_FALSE(is_blocked(named)) << "it is superseded, no more";
  start({.account = account_.id, .spki_digest = key_of(named)}, RevocationReason::key_compromise);
  EXPECT_TRUE(is_blocked(named));
  finish_jobs();
  for (const IssuedCertificate& one : {named, sibling})
    EXPECT_EQ(revocation(one)->reason, RevocationReason::key_compromise);
}

TEST_F(CompromisedKeysTest, AJobForAKeyAloneRevokesAllOfIt) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(new_account(), {"a.corp.test"}, key.get());
  const RevocationJob started = start({.spki_digest = key_of(named)}, RevocationReason::key_compromise);
  EXPECT_TRUE(is_blocked(named));
  finish_jobs();
  EXPECT_EQ(job(started.id).revoked, 2u);
  EXPECT_NE(revocation(sibling), std::nullopt);
}

TEST_F(CompromisedKeysTest, AKeyIsBlockedByItsHashAlone) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate certificate = issue(account_, {"corp.test"}, key.get());
  const Bytes weak(32, 'w');
  EXPECT_EQ(run(revocations_.block_keys({weak, key_of(certificate), weak}, kAnna)), 2u);
  EXPECT_EQ(run(revocations_.block_keys({weak}, kAnna)), 0u);
  EXPECT_TRUE(run(records_.is_blocked(weak)).value());
  EXPECT_TRUE(is_blocked(certificate));
  finish_jobs();
  EXPECT_EQ(revocation(certificate), (Revocation{kNow, RevocationReason::key_compromise}));
  EXPECT_EQ(error_of(revocations_.block_keys({weak, "short"}, kAnna)), ErrorKind::malformed);
  EXPECT_EQ(error_of(revocations_.block_keys(std::vector<Bytes>(1001, weak), kAnna)), ErrorKind::too_large);
}

TEST_F(CompromisedKeysTest, AKeyThatIsNotCertifiedNeedsNoJob) {
  const Bytes weak(32, 'w');
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  const IssuedCertificate other = issue(account_, {"a.corp.test"});
  EXPECT_EQ(run(revocations_.block_keys({weak}, kAnna)), 1u);
  EXPECT_TRUE(run(records_.unfinished_revocation_jobs(10))->empty());
  EXPECT_EQ(run(revocations_.block_keys({key_of(certificate), key_of(other)}, kAnna)), 2u);
  EXPECT_EQ(run(records_.unfinished_revocation_jobs(10))->size(), 2u);
}

TEST_F(CompromisedKeysTest, WhatIsIssuedRightBeforeTheBlockIsRevokedToo) {
  const base::PkeyHandle key = make_p256();
  const Bytes digest = base::sha256(spki_of(key.get()));
  const OrderView ready = ready_order(account_, {"corp.test"});
  const Bytes csr = csr_for({"corp.test"}, key.get());
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto finalized = co_await finalize(account_, ready, csr);
    EXPECT_TRUE(finalized);
  });
  EXPECT_EQ(run(revocations_.block_keys({digest}, kAnna)), 1u);
  finish_jobs();
  const auto serials = run(records_.certificates_with_key(digest, "", 10)).value();
  ASSERT_EQ(serials.size(), 1u);
  EXPECT_EQ(run(records_.certificate(serials[0]))->value.revocation->reason,
            RevocationReason::key_compromise);
}

// A process ended between the block and the job, say.
TEST_F(CompromisedKeysTest, WhoBlocksAKeyAgainStartsWhatIsMissing) {
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  Changes changes;
  changes.block_key_of_digest(key_of(certificate));
  EXPECT_TRUE(run(records_.commit(std::move(changes))));
  EXPECT_EQ(run(revocations_.block_keys({key_of(certificate)}, kAnna)), 0u);
  finish_jobs();
  EXPECT_EQ(revocation(certificate)->reason, RevocationReason::key_compromise);
}

TEST_F(CompromisedKeysTest, TheAuditLogLeadsFromWhatAJobRevokedToWhoStartedIt) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate named = issue(account_, {"corp.test"}, key.get());
  const IssuedCertificate sibling = issue(new_account(), {"a.corp.test"}, key.get());
  const RevocationJob started = start({.account = account_.id}, RevocationReason::key_compromise);
  finish_jobs();
  const auto event = [&](std::string_view kind, const Serial& serial) {
    for (const AuditEvent& one : audit_events(memory_)) {
      if (one.kind == kind && one.serial == serial) return one;
    }
    return AuditEvent();
  };
  const AuditEvent revoked = event(audit_kind::kCertificateRevoked, named.serial);
  EXPECT_EQ(revoked.detail("job"), started.id);
  EXPECT_EQ(revoked.actor, kAnna);
  const AuditEvent blocked = event(audit_kind::kKeyBlocked, named.serial);
  EXPECT_EQ(blocked.actor, kAnna);
  EXPECT_NE(blocked.detail("job"), started.id);
  const AuditEvent follows = event(audit_kind::kCertificateRevoked, sibling.serial);
  EXPECT_EQ(follows.detail("job"), blocked.detail("job"));
  EXPECT_EQ(follows.actor, Actor()) << "nobody asked for this one";
}

TEST_F(CompromisedKeysTest, TheAuditLogHasKeysThatAreBlockedByTheirHashes) {
  const Bytes weak(32, 'w');
  ASSERT_EQ(run(revocations_.block_keys({weak}, kAnna)), 1u);
  const AuditEvent blocked = audit_events(memory_).back();
  EXPECT_EQ(blocked.kind, audit_kind::kKeyBlocked);
  EXPECT_EQ(blocked.actor, kAnna);
  EXPECT_EQ(blocked.detail("key_sha256"), text_of(Serial{weak}));
  EXPECT_EQ(blocked.reason, "an operator blocked the key");
}

// Jobs of keys can be many.
TEST_F(CompromisedKeysTest, NoJobIsForgottenBeforeItHasEnded) {
  Changes changes;
  for (int i = 0; i < 1600; ++i) {
    RevocationJob made{std::to_string(i), {}, RevocationReason::key_compromise, "", kNow};
    made.filter.spki_digest = base::sha256(made.id);
    changes.create(made);
  }
  EXPECT_TRUE(run(records_.commit(std::move(changes))));
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(run(records_.unfinished_revocation_jobs(2000)).value().size(), 1600u);
}

}  // namespace
}  // namespace acmecore
