#include "acmecore/crl_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/openssl.h"
#include "tests/acmecore/crl_publisher_fixture.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Task;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(CrlPublisherTest, EachShardHasACrlFromTheStart) {
  for (uint32_t shard = 0; shard < 4; ++shard) {
    ASSERT_NE(crl(shard), nullptr);
    EXPECT_THAT(serials(shard), IsEmpty());
    EXPECT_EQ(number(shard), uint64_t(kNow.time_since_epoch() / 1s));
    EXPECT_EQ(crl(shard)->next_update, kNow + kLifetime - 1s);  // the last second of it
  }
  EXPECT_EQ(crl(4), nullptr);
}

TEST_F(CrlPublisherTest, ARevokedCertificateIsInItsShardAndInNoOther) {
  const Serial one = revoked_in(2);
  const Serial two = revoked_in(2);
  publish();
  EXPECT_THAT(serials(2), UnorderedElementsAre(one.octets, two.octets));
  for (const uint32_t shard : {0u, 1u, 3u})
    EXPECT_THAT(serials(shard), IsEmpty());
}

TEST_F(CrlPublisherTest, OnlyAShardThatChangedIsBuiltAgain) {
  const uint64_t before = number(2);
  publish();
  EXPECT_EQ(number(2), before);
  revoked_in(2);
  publish();
  EXPECT_EQ(number(2), before + 1);
  EXPECT_EQ(number(1), before);
}

TEST_F(CrlPublisherTest, AShardIsBuiltAgainWhenHalfOfItsLifeHasPassed) {
  const uint64_t before = number(0);
  clock_.advance(kLifetime / 2 - 1s);
  publish();
  EXPECT_EQ(number(0), before);
  clock_.advance(1s);
  publish();
  EXPECT_EQ(number(0), before + uint64_t(kLifetime / 2 / 1s));
  EXPECT_EQ(crl(0)->this_update, kNow + kLifetime / 2);
}

TEST_F(CrlPublisherTest, TheFileIsWhatIsServed) {
  revoked_in(1);
  publish();
  const auto files = files_.read(ca_).value();
  ASSERT_EQ(files.size(), 4u);
  for (const CrlFiles::File& file : files)
    EXPECT_EQ(file.der, crl(file.shard.number)->der);
}

// RFC 5280 §3.3.
TEST_F(CrlPublisherTest, AnEntryStaysUntilACrlHadItAfterTheCertificatesEnd) {
  const Serial serial = revoked_in(3);
  publish();
  clock_.advance(wait(records_->certificate(serial)).value()->not_after - clock_.now());
  publish();
  EXPECT_THAT(serials(3), ElementsAre(serial.octets));
  clock_.advance(kLifetime);
  publish();
  EXPECT_THAT(serials(3), ElementsAre(serial.octets));  // the one after its end
  clock_.advance(kLifetime);
  publish();
  EXPECT_THAT(serials(3), IsEmpty());
}

// BR 4.10.1: whatever happened to the store.
TEST_F(CrlPublisherTest, ARevocationThatComesWhileItIsBuiltIsInTheNext) {
  const Serial early = issue(0).serial;
  fill(0, 1001);
  bool is_first = true;
  const auto yield = [&]() -> Task<bool> {
    if (is_first) {  // between two slices, behind where the certificate would stand
      is_first = false;
      auto record = co_await records_->certificate(early);
      (*record)->revocation = Revocation{clock_.now(), RevocationReason::superseded};
      Changes changes;
      changes.revoke(*record);
      co_await records_->commit(std::move(changes));
    }
    co_return true;
  };
  wait(publisher_->publish_due(yield));
  EXPECT_EQ(serials(0).size(), 1001u);
  publish();
  EXPECT_EQ(serials(0).size(), 1002u);
  // Not at the front: of what was filled in within its millisecond some may stand before it.
  EXPECT_THAT(serials(0), Contains(early.octets));
}

TEST_F(CrlPublisherTest, AShardThatTakesLongRestsBetweenTwo) {
  fill(0, 1001);
  slice_takes_ = 3s;  // there is one pause until it is built, between its two slices
  publish();
  slice_takes_ = 0ms;
  EXPECT_EQ(serials(0).size(), 1001u);
  const uint64_t before = number(0);
  fill(0, 1);
  clock_.advance(8s);
  publish();
  EXPECT_EQ(number(0), before);
  clock_.advance(1s);
  publish();
  EXPECT_GT(number(0), before);
  EXPECT_EQ(serials(0).size(), 1002u);
}

// Each number is an entry of the audit log, for which there is room in a full store, too.
TEST_F(CrlPublisherTest, NumbersRiseFromProcessToProcess) {
  uint64_t before = number(0);
  ASSERT_TRUE(start());
  EXPECT_EQ(number(0), before + 1);
  lose_files();
  ASSERT_TRUE(start());
  EXPECT_EQ(number(0), before + 2);
  lose_store();
  ASSERT_TRUE(start());
  EXPECT_EQ(number(0), before + 3);
  before = number(0);
  lose_store();
  lose_files();
  clock_.advance(4s);  // more than there were CRLs since
  ASSERT_TRUE(start());
  EXPECT_GT(number(0), before);
}

TEST_F(CrlPublisherTest, AClockThatIsSetBackKeepsNothingFromBeingPublished) {
  const Serial serial = revoked_in(0);
  publish();
  const uint64_t before = number(0);
  clock_.advance(-1h);
  const Serial other = revoked_in(0);
  publish();
  EXPECT_GT(number(0), before);
  EXPECT_EQ(crl(0)->this_update, kNow - 1h);
  EXPECT_THAT(serials(0), UnorderedElementsAre(serial.octets, other.octets));
}

TEST_F(CrlPublisherTest, WhatARestoredBackupLacksIsRevokedAgain) {
  const IssuedCertificate known = issue(0);
  const IssuedCertificate stolen = issue(1);
  const IssuedCertificate issued_later = issue(1);
  revoke(known.serial, RevocationReason::privilege_withdrawn);
  revoke(stolen.serial, RevocationReason::key_compromise);
  revoke(issued_later.serial);
  clock_.advance(1h);
  publish();
  lose_store();
  record(known);
  record(stolen);
  ASSERT_TRUE(start());
  EXPECT_THAT(serials(0), ElementsAre(known.serial.octets));
  EXPECT_THAT(serials(1), UnorderedElementsAre(stolen.serial.octets, issued_later.serial.octets));
  EXPECT_EQ(wait(records_->certificate(known.serial)).value()->revocation,
            (Revocation{kNow, RevocationReason::privilege_withdrawn}));
  const auto key = [](const IssuedCertificate& certificate) {
    return base::sha256(parse_certificate(certificate.der)->spki_der);
  };
  EXPECT_TRUE(wait(records_->is_blocked(key(stolen))).value());
  EXPECT_FALSE(wait(records_->is_blocked(key(known))).value());

  // And it stays so when the next process finds a store that knows.
  ASSERT_TRUE(start());
  EXPECT_THAT(serials(1), UnorderedElementsAre(stolen.serial.octets, issued_later.serial.octets));
}

TEST_F(CrlPublisherTest, BeforeTheFirstAnswerTheOldCrlIsServed) {
  const Serial serial = revoked_in(0);
  publish();
  stop();
  published_.emplace();
  publisher_.emplace(*records_, test_issuers(), files_, clock_, urls_, kLifetime, *published_);
  ASSERT_TRUE(wait(publisher_->open()));
  store_->follow(*publisher_);
  EXPECT_THAT(serials(0), ElementsAre(serial.octets));
}

// It may have revocations that the store has lost.
// For as long as certificates are out there that name the old place.
TEST_F(CrlPublisherTest, AfterAChangeOfTheOriginTheOldPlaceIsNamedAsWell) {
  const auto uris = [&] { return distribution_point(parse_crl(crl(1)->der).value())->uris; };
  const std::string path = "/crl/" + ca_ + "/1.crl";
  EXPECT_THAT(uris(), ElementsAre("http://pki.test" + path));
  urls_.origin = "http://new.test";
  ASSERT_TRUE(start());
  EXPECT_THAT(uris(), ElementsAre("http://new.test" + path, "http://pki.test" + path));
  lose_store();
  ASSERT_TRUE(start());
  EXPECT_THAT(uris(), ElementsAre("http://new.test" + path, "http://pki.test" + path));
}

TEST_F(CrlPublisherTest, WithFewerShardsTheOthersAreKeptUpToDate) {
  const Serial serial = revoked_in(3);
  publish();
  urls_.crl_shards = 2;
  clock_.advance(kLifetime);
  ASSERT_TRUE(start());
  EXPECT_THAT(serials(3), ElementsAre(serial.octets));
  EXPECT_EQ(crl(3)->this_update, clock_.now());
  lose_files();
  ASSERT_TRUE(start());
  EXPECT_THAT(serials(3), ElementsAre(serial.octets));
}

TEST_F(CrlPublisherTest, AShardThatWasRevokedInBeforeThereWereCrlsIsPublished) {
  lose_files();
  lose_store();
  urls_.crl_shards = 16;
  const Serial serial = revoked_in(13);
  urls_.crl_shards = 4;
  ASSERT_TRUE(start());
  EXPECT_THAT(serials(13), ElementsAre(serial.octets));
}
}  // namespace
}  // namespace acmecore
