#include "acmecore/crl_publisher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <optional>

#include "base/openssl.h"
#include "storage/memory_store.h"
#include "tests/acmecore/crl_fixture.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Bytes;
using base::BytesView;
using base::Result;
using base::Task;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::chrono::hours kLifetime{7 * 24};

// A server with a store and a directory that can be lost or go back in time, one process after the other.
class CrlPublisherTest : public testing::Test {
 protected:
  CrlPublisherTest() { start(); }
  ~CrlPublisherTest() override { stop(); }

  template <class T>
  T wait(Task<T> task) {
    return support::run_task(context_, std::move(task));
  }
  void wait(Task<> task) {
    boost::asio::co_spawn(context_, std::move(task), boost::asio::detached);
    context_.restart();
    context_.run();
  }

  // Another process, on what is there.
  Result<void> start() {
    stop();
    published_.emplace();
    publisher_.emplace(*records_, test_issuers(), files_, clock_, urls_, kLifetime, *published_);
    store_->follow(*publisher_);
    const auto opened = wait(publisher_->open());
    if (opened) publish();
    return opened;
  }
  void stop() {
    if (publisher_) store_->unfollow(*publisher_);
    publisher_.reset();
  }
  void lose_store() {
    stop();
    records_.reset();
    store_.emplace();
    records_.emplace(*store_);
  }
  void lose_files() { std::filesystem::remove_all(directory_.path() + "/crl"); }

  void publish(bool goes_on = true) {
    const auto yield = [&, goes_on]() -> Task<bool> {
      clock_.advance(slice_takes_);
      co_return goes_on;
    };
    wait(publisher_->publish_due(yield));
  }

  // An issued certificate of this shard, in the store.
  IssuedCertificate issue(uint32_t shard) {
    LeafRequest request = good_leaf_request();
    while (urls_.shard(ca_, request.serial).number != shard)
      request.serial = new_serial();
    const Bytes der = test_issuer().sign_leaf(request).value();
    IssuedCertificate certificate{
        request.serial, "account", "order", der, kNow, request.validity.not_after, {}};
    certificate.crl = urls_.shard(ca_, request.serial);
    record(certificate);
    return certificate;
  }
  void record(const IssuedCertificate& certificate) {
    Changes changes;
    changes.create(certificate);
    ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  }

  void revoke(const Serial& serial, RevocationReason reason = RevocationReason::superseded) {
    auto record = wait(records_->certificate(serial)).value();
    record->revocation = Revocation{clock_.now(), reason};
    Changes changes;
    changes.revoke(record);
    ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  }
  Serial revoked_in(uint32_t shard, RevocationReason reason = RevocationReason::superseded) {
    const Serial serial = issue(shard).serial;
    revoke(serial, reason);
    return serial;
  }

  // Revokes what nothing else is known of.
  void fill(uint32_t shard, int count) {
    Changes changes;
    for (int i = 0; i < count; ++i) {
      const RevokedRecord revoked{
          new_serial(), {kNow, RevocationReason::superseded}, kNow + std::chrono::days(90)};
      changes.put_into_crl({ca_, shard}, revoked);
    }
    ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  }

  std::shared_ptr<const PublishedCrl> crl(uint32_t shard) { return published_->find({ca_, shard}); }
  uint64_t number(uint32_t shard) { return crl(shard)->number; }

  // What OpenSSL finds in the CRL, once it has verified it.
  std::vector<Bytes> serials(uint32_t shard) {
    const X509CrlHandle read = read_crl_by_openssl(crl(shard)->der);
    const auto key = parse_public_key(test_issuer().certificate().spki_der);
    EXPECT_EQ(X509_CRL_verify(read.get(), key->key.get()), 1);
    std::vector<Bytes> found;
    STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(read.get());
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
      const ASN1_INTEGER* serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i));
      found.emplace_back(reinterpret_cast<const char*>(serial->data), size_t(serial->length));
    }
    return found;
  }

  TemporaryDirectory directory_;
  boost::asio::io_context context_;
  std::optional<storage::MemoryStore> store_{std::in_place};
  std::optional<Records> records_{*store_};
  base::ManualClock clock_{kNow};
  std::chrono::milliseconds slice_takes_{0};
  const std::string ca_ = test_issuer().ca();
  StatusUrls urls_{4, "http://pki.test", false};
  const CrlFiles files_{directory_.path() + "/crl"};
  std::optional<PublishedCrls> published_;
  std::optional<CrlPublisher> publisher_;
};

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
TEST_F(CrlPublisherTest, WhatTheStoreHasLostStaysInTheLastCrl) {
  const IssuedCertificate lost = issue(0);
  revoke(lost.serial);
  publish();
  const uint64_t before = number(0);
  Changes changes;
  changes.drop_from_crl({ca_, 0}, lost.serial);
  ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  const Serial another = revoked_in(0);
  publish();
  EXPECT_EQ(number(0), before);
  EXPECT_THAT(serials(0), ElementsAre(lost.serial.octets));
  clock_.advance(lost.not_after + 1s - clock_.now());
  publish();
  EXPECT_THAT(serials(0), ElementsAre(another.octets));
}

TEST_F(CrlPublisherTest, AnEntryWhoseCertificateIsNotRecordedAnyMoreMayGoWhenTheLastCrlHasEnded) {
  fill(0, 1);
  publish();
  Changes changes;
  changes.drop_from_crl({ca_, 0}, Serial{serials(0).front()});
  ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  clock_.advance(kLifetime - 1s);
  publish();
  EXPECT_EQ(serials(0).size(), 1u);
  clock_.advance(10s);
  publish();
  EXPECT_THAT(serials(0), IsEmpty());
}

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
  EXPECT_EQ(serials(0).front(), early.octets);
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

TEST_F(CrlPublisherTest, WhoIsToldToEndLeavesTheLastOne) {
  fill(0, 1001);
  publish(/*goes_on=*/false);
  EXPECT_THAT(serials(0), IsEmpty());
  clock_.advance(10s);
  publish();
  EXPECT_EQ(serials(0).size(), 1001u);
}

TEST_F(CrlPublisherTest, TheLastOneStaysWhereTheNextCannotBeWritten) {
  const auto file = files_.file_of({ca_, 0});
  const uint64_t before = number(0);
  std::filesystem::create_directory(file.string() + ".new");  // where the draft would be
  const Serial serial = revoked_in(0);
  publish();
  EXPECT_EQ(number(0), before);
  std::filesystem::remove(file.string() + ".new");
  publish();
  EXPECT_EQ(number(0), before);  // it is tried again a little later
  clock_.advance(10s);
  publish();
  EXPECT_GT(number(0), before);
  EXPECT_THAT(serials(0), ElementsAre(serial.octets));
}

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

TEST_F(CrlPublisherTest, AFileThatIsNoCrlOfThisCaStopsTheStart) {
  const std::string file = files_.file_of({ca_, 0});
  const auto refusal = [&](BytesView der) {
    write_text(file, der);
    const auto started = start();
    EXPECT_FALSE(started);
    if (started) return std::string();
    EXPECT_EQ(started.error().kind, base::ErrorKind::unavailable);
    return started.error().detail;
  };
  const Bytes good = crl(0)->der;
  EXPECT_THAT(refusal("rubbish"), HasSubstr(file));
  EXPECT_THAT(refusal(good.substr(0, good.size() / 2)), HasSubstr("cannot be read"));
  Bytes changed = good;
  changed.back() ^= 1;
  EXPECT_THAT(refusal(changed), HasSubstr("no CRL of this CA"));
  const Issuer other = Issuer::open(make_development_ca(kNow).value(), kNow).value();
  EXPECT_THAT(refusal(other.sign_crl(good_crl_fields(), "", {}).value()), HasSubstr("no CRL of this CA"));
  write_text(file, good);
  EXPECT_TRUE(start());
}

TEST_F(CrlPublisherTest, FilesOfOtherNamesArePassedOver) {
  const std::string directory = files_.file_of({ca_, 0}).parent_path();
  for (const char* name : {"x.crl", "00.crl", "0.crl.new", "4294967296.crl", "-1.crl", ".crl", "readme"})
    write_text(directory + "/" + name, "rubbish");
  EXPECT_TRUE(start());
}

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
