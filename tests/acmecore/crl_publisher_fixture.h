#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "acmecore/crl_publisher.h"
#include "base/openssl.h"
#include "storage/memory_store.h"
#include "tests/acmecore/crl_fixture.h"
#include "tests/support/run_task.h"

namespace acmecore {

// A server with a store and a directory that can be lost or go back in time, one process after the other.
class CrlPublisherTest : public testing::Test {
 protected:
  static constexpr std::chrono::hours kLifetime{7 * 24};

  CrlPublisherTest() { start(); }
  ~CrlPublisherTest() override { stop(); }

  template <class T>
  T wait(base::Task<T> task) {
    return support::run_task(context_, std::move(task));
  }
  void wait(base::Task<> task) {
    boost::asio::co_spawn(context_, std::move(task), boost::asio::detached);
    context_.restart();
    context_.run();
  }

  // Another process, on what is there.
  base::Result<void> start() {
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
    const auto yield = [&, goes_on]() -> base::Task<bool> {
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
    const base::Bytes der = test_issuer().sign_leaf(request).value();
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
  // Of the latest one that was to be signed.
  uint64_t number_in_store(uint32_t shard) {
    const CrlShard id{ca_, shard};
    return wait(records_->crl_state(id)).value()->number;
  }

  // What OpenSSL finds in the CRL, once it has verified it.
  std::vector<base::Bytes> serials(uint32_t shard) {
    const X509CrlHandle read = read_crl_by_openssl(crl(shard)->der);
    const auto key = parse_public_key(test_issuer().certificate().spki_der);
    EXPECT_EQ(X509_CRL_verify(read.get(), key->key.get()), 1);
    std::vector<base::Bytes> found;
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

}  // namespace acmecore
