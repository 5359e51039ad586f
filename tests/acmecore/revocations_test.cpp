#include "acmecore/revocations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/certificate.h"
#include "base/openssl.h"
#include "tests/acmecore/revocations_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::ErrorKind;
using std::chrono::hours;
using std::chrono::seconds;
using testing::Each;
using Status = RevocationOutcome::Status;

TEST_F(RevocationsTest, ACertificateIsRevokedOnceWhoeverItBelongsTo) {
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  const Revocation expected{kNow, RevocationReason::privilege_withdrawn};
  EXPECT_EQ(revoke(certificate.serial, RevocationReason::privilege_withdrawn),
            (RevocationOutcome{certificate.serial, Status::revoked, expected}));
  EXPECT_EQ(revocation(certificate), expected);
  EXPECT_EQ(in_crl(), std::vector<Serial>{certificate.serial});
  clock_.advance(hours(1));
  EXPECT_EQ(revoke(certificate.serial),
            (RevocationOutcome{certificate.serial, Status::was_revoked, expected}));
  EXPECT_EQ(revocation(certificate), expected);
}

TEST_F(RevocationsTest, WhatExpiredOrIsUnknownIsLeftAlone) {
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  EXPECT_EQ(revoke(new_serial()).status, Status::unknown);
  clock_.advance(certificate.not_after - clock_.now());
  const IssuedCertificate other = issue(account_, {"corp.test"});
  clock_.advance(seconds(1));
  EXPECT_EQ(revoke(certificate.serial).status, Status::expired);
  EXPECT_EQ(revocation(certificate), std::nullopt);
  EXPECT_EQ(revoke(other.serial).status, Status::revoked);
}

TEST_F(RevocationsTest, ManyAreRevokedInOneCommit) {
  std::vector<Serial> serials;
  for (const IssuedCertificate& certificate : record("account", 999))
    serials.push_back(certificate.serial);
  serials.push_back(serials.front());  // named twice
  store_.next_commits({ErrorKind::conflict});
  const auto outcomes = run(revocations_.revoke(serials, RevocationReason::superseded, kAnna)).value();
  EXPECT_EQ(outcomes.size(), 1000u);
  EXPECT_THAT(outcomes, Each(testing::Field(&RevocationOutcome::status, Status::revoked)));
  EXPECT_EQ(in_crl().size(), 999u);
  serials.push_back(new_serial());
  EXPECT_EQ(error_of(revocations_.revoke(serials, RevocationReason::superseded, kAnna)),
            ErrorKind::too_large);
}

// RFC 9773 §4.2.
TEST_F(RevocationsTest, WhatIsRevokedIsToBeRenewedAtOnce) {
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  const std::string id = text_of(certificate_id(parse_certificate(certificate.der).value()).value());
  EXPECT_GT(run(authority_->renewal_info(id))->start, clock_.now());
  clock_.advance(hours(1));
  revoke(certificate.serial);
  EXPECT_LE(run(authority_->renewal_info(id))->end, clock_.now());
}

TEST_F(RevocationsTest, AJobRevokesWhatFitsItsFilterAndNothingElse) {
  const auto mine = record("mine", 3);
  const auto others = record("others", 3);
  clock_.advance(hours(1));
  const auto late = record("mine", 3);
  const RevocationJob started = start({.account = "mine", .issued_before = clock_.now()});
  EXPECT_EQ(started.by, "anna");
  finish_jobs();
  const RevocationJob ended = job(started.id);
  EXPECT_EQ(ended.ended, clock_.now());
  EXPECT_EQ(ended.revoked, 3u);
  EXPECT_EQ(ended.examined, 6u);  // of this account
  for (const IssuedCertificate& certificate : mine)
    EXPECT_EQ(revocation(certificate), (Revocation{clock_.now(), RevocationReason::superseded}));
  for (const IssuedCertificate& certificate : others)
    EXPECT_EQ(revocation(certificate), std::nullopt);
  for (const IssuedCertificate& certificate : late)
    EXPECT_EQ(revocation(certificate), std::nullopt);
}

TEST_F(RevocationsTest, AJobCanBeForACaOrATime) {
  const auto early = record("a", 2);
  clock_.advance(hours(1));
  const auto late = record("a", 2);
  const RevocationJob by_time = start({.issued_from = clock_.now()});
  const RevocationJob by_another_ca = start({.ca = "0000000000000000"});
  finish_jobs();
  EXPECT_EQ(job(by_time.id).revoked, 2u);
  EXPECT_EQ(job(by_another_ca.id).revoked, 0u);
  const RevocationJob by_ca = start({.ca = ca_});
  finish_jobs();
  EXPECT_EQ(job(by_ca.id).revoked, 2u);
  EXPECT_EQ(revocation(early[0]), (Revocation{clock_.now(), RevocationReason::superseded}));
}

TEST_F(RevocationsTest, AJobCanBeForAProfile) {
  const auto record_of = [&](const std::string& profile) {
    Changes changes;
    IssuedCertificate made{new_serial(), "account",        "order",     "leaf",
                           clock_.now(), kNow + hours(24), std::nullopt};
    made.issuer = ca_;
    made.profile = profile;
    changes.create(made);
    EXPECT_TRUE(run(records_.commit(std::move(changes))));
    return made;
  };
  const IssuedCertificate web = record_of("web"), other = record_of("web2"), unnamed = record_of("");
  const RevocationJob started = start({.profile = "web"});
  EXPECT_EQ(job(started.id).filter.profile, "web");
  finish_jobs();
  EXPECT_EQ(job(started.id).revoked, 1u);
  EXPECT_EQ(revocation(web), (Revocation{kNow, RevocationReason::superseded}));
  EXPECT_EQ(revocation(other), std::nullopt);
  EXPECT_EQ(revocation(unnamed), std::nullopt);
  start({.account = "other", .profile = "web2"});
  finish_jobs();
  EXPECT_EQ(revocation(other), std::nullopt);
}

// Nothing whose serial number is made while it goes on is left out.
TEST_F(RevocationsTest, AJobForAnAccountLooksAtWhatComesMeanwhile) {
  record("mine", 300);
  const RevocationJob started = start({.account = "mine"});
  EXPECT_TRUE(run(revocations_.work()).value());
  clock_.advance(seconds(1));
  const auto late = record("mine", 1);
  finish_jobs();
  EXPECT_EQ(job(started.id).revoked, 301u);
  EXPECT_NE(revocation(late[0]), std::nullopt);
}

TEST_F(RevocationsTest, AJobWithoutAFilterIsRefused) {
  EXPECT_EQ(error_of(revocations_.start({}, RevocationReason::superseded, kAnna)), ErrorKind::malformed);
}

TEST_F(RevocationsTest, AJobForWhatWasIssuedBeforeTheEpochRevokesNothing) {
  record("mine", 3);
  const RevocationJob started = start({.issued_before = base::Time()});
  EXPECT_EQ(job(started.id).filter, started.filter);
  finish_jobs();
  EXPECT_EQ(job(started.id).examined, 3u);
  EXPECT_TRUE(in_crl().empty());
}

TEST_F(RevocationsTest, AJobThatIsReadBackWithoutAFilterRevokesNothing) {
  record("mine", 3);
  RevocationJob made{"j", {}, RevocationReason::superseded, "anna", kNow};
  Changes changes;
  changes.create(made);
  EXPECT_TRUE(run(records_.commit(std::move(changes))));
  EXPECT_EQ(run(revocations_.work()).error().kind, ErrorKind::internal);
  EXPECT_TRUE(in_crl().empty());
  EXPECT_TRUE(run(revocations_.stop("j", kAnna))->stopped);
  EXPECT_EQ(finish_jobs(), 0);
}

TEST_F(RevocationsTest, AJobThatFailsHoldsUpNoOtherOne) {
  record("mine", 1);
  RevocationJob made{"!", {}, RevocationReason::superseded, "anna", kNow};  // sorted before all others
  Changes changes;
  changes.create(made);
  EXPECT_TRUE(run(records_.commit(std::move(changes))));
  const RevocationJob second = start({.account = "mine"});
  EXPECT_EQ(run(revocations_.work()).error().kind, ErrorKind::internal);
  EXPECT_EQ(job(second.id).revoked, 1u);
}

TEST_F(RevocationsTest, ARecordThatCannotBeReadHoldsUpNoOtherOne) {
  const auto certificates = record("mine", 3);
  storage::Batch batch;
  batch.puts.push_back({"x" + certificates[1].serial.octets, "\xff"});
  EXPECT_TRUE(run(store_.commit(std::move(batch))));
  const RevocationJob started = start({.account = "mine"});
  finish_jobs();
  EXPECT_EQ(job(started.id).examined, 3u);
  EXPECT_EQ(job(started.id).revoked, 2u);
}

// It is not known what the record says, so nothing is passed over.
TEST_F(RevocationsTest, WhileTheStoreIsAwayAJobWaits) {
  record("mine", 3);
  const RevocationJob started = start({.account = "mine"});
  store_.cannot_read("x");
  EXPECT_EQ(run(revocations_.work()).error().kind, ErrorKind::unavailable);
  store_.cannot_read("");
  finish_jobs();
  EXPECT_EQ(job(started.id).revoked, 3u);
}

// Nothing is revoked twice, and nothing is left out, wherever the process ends.
TEST_F(RevocationsTest, AJobGoesOnWhereItWas) {
  const auto certificates = record("mine", 1000);
  const RevocationJob started = start({.account = "mine"});
  int pages = 0;
  for (bool more = true; more; ++pages) {
    if (pages == 1) store_.next_commits({ErrorKind::conflict});     // its page is done again
    if (pages == 3) store_.next_commits({ErrorKind::unavailable});  // the process ends
    Revocations next_process(records_, clock_, test_issuers(), urls_);
    more = run(next_process.work()).value_or(true);
  }
  EXPECT_GT(pages, 6);
  EXPECT_EQ(job(started.id).revoked, 1000u);
  EXPECT_EQ(job(started.id).examined, 1000u);
  EXPECT_EQ(in_crl().size(), 1000u);
}

TEST_F(RevocationsTest, AJobIsStopped) {
  record("mine", 500);
  const RevocationJob started = start({.account = "mine"});
  EXPECT_TRUE(run(revocations_.work()).value());
  const RevocationJob stopped = run(revocations_.stop(started.id, kAnna)).value();
  EXPECT_TRUE(stopped.stopped);
  EXPECT_EQ(finish_jobs(), 0);
  EXPECT_EQ(in_crl().size(), stopped.revoked);
  EXPECT_LT(stopped.revoked, 500u);
  clock_.advance(hours(1));
  EXPECT_EQ(run(revocations_.stop(started.id, kAnna)).value(), stopped);
  EXPECT_EQ(error_of(revocations_.stop("other", kAnna)), ErrorKind::not_found);
}

// One that is stopped while those before it are worked on.
TEST_F(RevocationsTest, AJobThatIsStoppedRevokesNoOtherPage) {
  record("mine", 1);
  record("others", 1);
  start({.account = "mine"});
  clock_.advance(seconds(1));
  const RevocationJob second = start({.account = "others"});
  store_.before_next_commit([&]() -> base::Task<void> {
    const auto stopped = co_await revocations_.stop(second.id, kAnna);
    EXPECT_TRUE(stopped);
  });
  EXPECT_TRUE(run(revocations_.work()).value());
  EXPECT_EQ(in_crl().size(), 1u);
  EXPECT_EQ(job(second.id).examined, 0u);
}

TEST_F(RevocationsTest, JobsAreListedByAgeAndForgottenAtLast) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(start({.account = "mine"}).id);
    clock_.advance(seconds(1));
  }
  finish_jobs();
  const RevocationJob going_on = start({.account = "others"});
  const auto page = run(revocations_.jobs("", 2)).value();
  ASSERT_EQ(page.found.size(), 2u);
  EXPECT_EQ(page.found[0].id, ids[0]);
  EXPECT_EQ(page.next, ids[1]);
  EXPECT_EQ(run(revocations_.jobs(page.next, 10))->found.size(), 2u);
  clock_.advance(kRevocationJobRetention);
  EXPECT_TRUE(run(authority_->sweep()));
  const auto left = run(revocations_.jobs("", 10)).value();
  ASSERT_EQ(left.found.size(), 1u);
  EXPECT_EQ(left.found[0], going_on);
}

// RFC 8739 §3.1.2: they end by themselves, and no more are issued for a key that is blocked.
TEST_F(RevocationsTest, WhatRenewsItselfIsLeftAloneWhereOnlyItsKeyIsAskedFor) {
  const base::PkeyHandle key = make_p256();
  IssuedCertificate star = issue(account_, {"corp.test"}, key.get());
  Stored<IssuedCertificate> record = run(records_.certificate(star.serial)).value();
  record->auto_renewed = true;
  Changes changes;
  changes.update(record);
  EXPECT_TRUE(run(records_.commit(std::move(changes))));
  const IssuedCertificate named = issue(account_, {"a.corp.test"}, key.get());
  revoke(named.serial, RevocationReason::key_compromise);
  finish_jobs();
  EXPECT_EQ(revocation(star), std::nullopt);
  start({.account = account_.id});
  finish_jobs();
  EXPECT_EQ(revocation(star)->reason, RevocationReason::superseded);
}

TEST_F(RevocationsTest, WhenACertificateIsForgottenSoIsWhatWasKnownOfIt) {
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate certificate = issue(account_, {"corp.test"}, key.get());
  const Bytes digest = base::sha256(spki_of(key.get()));
  EXPECT_EQ(run(records_.certificates_with_key(digest, "", 10)).value(),
            std::vector<Serial>{certificate.serial});
  revoke(certificate.serial);
  clock_.advance(certificate.not_after + kCertificateRetention - clock_.now());
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_TRUE(run(records_.certificates_with_key(digest, "", 10)).value().empty());
  EXPECT_TRUE(in_crl().empty());
}

TEST_F(RevocationsTest, TheCertificateNamesItsCrlAndIsInIt) {
  options_.status = {16, "http://pki.test", true};
  restart();
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  const CrlShard shard{ca_, shard_of(certificate.serial, 16)};
  EXPECT_EQ(certificate.crl, shard);
  const std::string url = "http://pki.test/crl/" + ca_ + "/" + std::to_string(shard.number) + ".crl";
  for (const std::string& named :
       {url, std::string("http://pki.test/ocsp"), "http://pki.test/issuer/" + ca_ + ".crt"})
    EXPECT_THAT(certificate.der, testing::HasSubstr(named));

  // The number of shards is another one by now.
  options_.status.crl_shards = 5;
  restart();
  EXPECT_EQ(error_of(authority_->revoke(account_, certificate.der, std::nullopt)), kNone);
  EXPECT_EQ(run(records_.revoked(shard, "", 10)).value().size(), 1u);
}

// BR 1.6.1: it has ended before anybody would have read so.
TEST_F(RevocationsTest, AShortLivedCertificateNamesNoCrl) {
  const StatusUrls urls{16, "http://pki.test", true};
  LeafContent content;
  content.rules = ProfileRules::short_lived;
  urls.add_to(content, {ca_, 3});
  EXPECT_EQ(content.crl_distribution_point, "");
  EXPECT_EQ(content.ocsp_url, "");
  EXPECT_EQ(content.ca_issuers_url, "http://pki.test/issuer/" + ca_ + ".crt");
  content = {.ca_issuers_url = "http://a.test/ca", .ocsp_url = "http://a.test/ocsp"};
  urls.add_to(content, {ca_, 3});
  EXPECT_NE(content.crl_distribution_point, "");
  EXPECT_EQ(content.ocsp_url, "http://a.test/ocsp");
  EXPECT_EQ(content.ca_issuers_url, "http://a.test/ca");
}

TEST_F(RevocationsTest, WithoutAnOriginTheCertificateSaysNothingOfItsStatus) {
  const IssuedCertificate certificate = issue(account_, {"corp.test"});
  EXPECT_EQ(certificate.crl, std::nullopt);
  EXPECT_EQ(certificate.der.find("http"), Bytes::npos);
}

}  // namespace
}  // namespace acmecore
