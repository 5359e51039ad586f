#include "acmecore/rpc/revocation_service.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "storage/memory_store.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/rpc/served.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using testing::ElementsAre;

constexpr base::Time kNow{std::chrono::seconds(1'800'000'000)};

// The service as callers see it.
class RevocationServiceTest : public testing::Test {
 protected:
  using Stub = api::RevocationService::Stub;

  Serial record(const std::string& account) {
    IssuedCertificate certificate{
        new_serial(), account, "order", "leaf", kNow, kNow + std::chrono::hours(24), {}};
    certificate.issuer = "0123456789abcdef";
    Changes changes;
    changes.create(certificate);
    EXPECT_TRUE(served_.run(records_.commit(std::move(changes))));
    return certificate.serial;
  }

  StatusCode revoke(const std::vector<std::string>& serials, const std::string& reason,
                    const std::string& by = "admin") {
    api::RevokeCertificatesRequest request;
    request.mutable_serials()->Assign(serials.begin(), serials.end());
    request.set_reason(reason);
    revoked_.Clear();
    return served_.call(&Stub::RevokeCertificates, request, revoked_, by).error_code();
  }
  std::vector<std::string> statuses() {
    std::vector<std::string> all;
    for (const auto& outcome : revoked_.outcomes())
      all.push_back(outcome.status());
    return all;
  }

  StatusCode start(const api::RevocationJob::Filter& filter, const std::string& reason = "superseded") {
    api::StartRevocationJobRequest request;
    *request.mutable_filter() = filter;
    request.set_reason(reason);
    api::StartRevocationJobResponse response;
    const auto status = served_.call(&Stub::StartRevocationJob, request, response);
    job_ = response.job();
    return status.error_code();
  }
  StatusCode get(const std::string& id) {
    api::GetRevocationJobRequest request;
    request.set_id(id);
    api::GetRevocationJobResponse response;
    const auto status = served_.call(&Stub::GetRevocationJob, request, response);
    job_ = response.job();
    return status.error_code();
  }
  StatusCode stop(const std::string& id) {
    api::StopRevocationJobRequest request;
    request.set_id(id);
    api::StopRevocationJobResponse response;
    const auto status = served_.call(&Stub::StopRevocationJob, request, response);
    job_ = response.job();
    return status.error_code();
  }

  base::ManualClock clock_{kNow};
  storage::MemoryStore store_;
  Records records_{store_};
  Revocations revocations_{records_, clock_, test_issuers(), {1, "", false}};
  proto::Callers callers_{
      {credential("admin", {proto::Permission::administration}),
       credential("other", {proto::Permission::credentials, proto::Permission::external_accounts,
                            proto::Permission::certificates, proto::Permission::zones,
                            proto::Permission::challenges, proto::Permission::approval})}};
  boost::asio::io_context io_;
  RevocationService service_{revocations_, callers_, io_.get_executor()};
  api::RevokeCertificatesResponse revoked_;
  api::RevocationJob job_;
  api::BlockKeysResponse blocked_;
  Served served_{io_, {&service_}};
};

TEST_F(RevocationServiceTest, RevokesBySerialAndTellsWhatBecameOfEach) {
  const std::string serial = text_of(record("a1"));
  const std::string unknown = text_of(new_serial());
  ASSERT_EQ(revoke({serial, unknown}, "privilegeWithdrawn"), StatusCode::OK);
  EXPECT_THAT(statuses(), ElementsAre("revoked", "unknown"));
  EXPECT_EQ(revoked_.outcomes(0).serial(), serial);
  EXPECT_EQ(revoked_.outcomes(0).reason(), "privilegeWithdrawn");
  EXPECT_EQ(revoked_.outcomes(0).revoke_time().seconds(), 1'800'000'000);
  EXPECT_FALSE(revoked_.outcomes(1).has_revoke_time());
  ASSERT_EQ(revoke({serial}, "superseded"), StatusCode::OK);
  EXPECT_THAT(statuses(), ElementsAre("was_revoked"));
}

TEST_F(RevocationServiceTest, RefusesWhatIsNoSerialOrReason) {
  const std::string serial = text_of(record("a1"));
  for (const std::string bad : {"", "0", "xx", "00", "80", "0x01"})
    EXPECT_EQ(revoke({serial, bad}, "superseded"), StatusCode::INVALID_ARGUMENT) << bad;
  for (const std::string bad : {"", "certificateHold", "4", "Superseded"})
    EXPECT_EQ(revoke({serial}, bad), StatusCode::INVALID_ARGUMENT) << bad;
  EXPECT_EQ(revoke({}, "superseded"), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(revoke(std::vector<std::string>(1001, serial), "superseded"), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_FALSE(served_.run(records_.certificate(parse_serial(serial).value()))->value.revocation);
}

TEST_F(RevocationServiceTest, AJobIsStartedWatchedAndDone) {
  for (int i = 0; i < 3; ++i)
    record("a1");
  record("a2");
  api::RevocationJob::Filter filter;
  filter.set_account("a1");
  ASSERT_EQ(start(filter), StatusCode::OK);
  EXPECT_EQ(job_.by(), "admin");
  EXPECT_EQ(job_.filter().account(), "a1");
  EXPECT_FALSE(job_.has_end_time());
  while (served_.run(revocations_.work()).value()) {
  }
  ASSERT_EQ(get(job_.id()), StatusCode::OK);
  EXPECT_EQ(job_.revoked(), 3u);
  EXPECT_EQ(job_.examined(), 3u);
  EXPECT_TRUE(job_.has_end_time());
  EXPECT_EQ(stop(job_.id()), StatusCode::OK);
  EXPECT_FALSE(job_.stopped());  // it had ended
}

TEST_F(RevocationServiceTest, AJobIsForSomething) {
  EXPECT_EQ(start({}), StatusCode::INVALID_ARGUMENT);
  api::RevocationJob::Filter filter;
  filter.set_key_sha256("short");
  EXPECT_EQ(start(filter), StatusCode::INVALID_ARGUMENT);
  filter.set_key_sha256(std::string(32, 'k'));
  EXPECT_EQ(start(filter, "other"), StatusCode::INVALID_ARGUMENT);
  filter.mutable_issued_from()->set_seconds(-1'000'000'000'000);
  EXPECT_EQ(start(filter), StatusCode::INVALID_ARGUMENT);
  filter.mutable_issued_from()->set_seconds(1);
  filter.mutable_issued_before()->set_seconds(2);
  filter.set_profile("web");
  ASSERT_EQ(start(filter), StatusCode::OK);
  EXPECT_EQ(job_.filter().issued_from().seconds(), 1);
  EXPECT_EQ(job_.filter().issued_before().seconds(), 2);
  EXPECT_EQ(job_.filter().profile(), "web");
}

TEST_F(RevocationServiceTest, KeysAreBlockedByTheirHashes) {
  const auto block = [&](const std::vector<std::string>& keys, const std::string& by = "admin") {
    api::BlockKeysRequest request;
    request.mutable_keys_sha256()->Assign(keys.begin(), keys.end());
    blocked_.Clear();
    return served_.call(&Stub::BlockKeys, request, blocked_, by).error_code();
  };
  const std::string one(32, '1'), two(32, '2');
  ASSERT_EQ(block({one}), StatusCode::OK);
  EXPECT_EQ(blocked_.blocked(), 1u);
  ASSERT_EQ(block({one, two}), StatusCode::OK);
  EXPECT_EQ(blocked_.blocked(), 1u);
  EXPECT_TRUE(served_.run(records_.is_blocked(two)).value());
  const std::string three(32, '3');
  EXPECT_EQ(block({}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(block({three, std::string(31, '3')}), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(block(std::vector<std::string>(1001, three)), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(block({three}, "other"), StatusCode::PERMISSION_DENIED);
  EXPECT_FALSE(served_.run(records_.is_blocked(three)).value());
}

TEST_F(RevocationServiceTest, JobsAreListedPageByPage) {
  api::RevocationJob::Filter filter;
  filter.set_issuer("0123456789abcdef");
  std::vector<std::string> started, listed;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(start(filter), StatusCode::OK);
    started.push_back(job_.id());
    clock_.advance(std::chrono::seconds(1));
  }
  api::ListRevocationJobsRequest request;
  request.set_page_size(2);
  do {
    api::ListRevocationJobsResponse page;
    ASSERT_TRUE(served_.call(&Stub::ListRevocationJobs, request, page).ok());
    for (const auto& job : page.jobs())
      listed.push_back(job.id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, started);
  EXPECT_EQ(stop(started[1]), StatusCode::OK);
  EXPECT_TRUE(job_.stopped());
}

TEST_F(RevocationServiceTest, AJobThatIsNotThereIsNotFound) {
  EXPECT_EQ(get("x"), StatusCode::NOT_FOUND);
  EXPECT_EQ(stop("x"), StatusCode::NOT_FOUND);
}

TEST_F(RevocationServiceTest, IsForAdministrators) {
  const std::string serial = text_of(record("a1"));
  EXPECT_EQ(revoke({serial}, "superseded", "other"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(revoke({serial}, "superseded", "nobody"), StatusCode::UNAUTHENTICATED);
  api::ListRevocationJobsResponse page;
  EXPECT_EQ(
      served_.call(&Stub::ListRevocationJobs, api::ListRevocationJobsRequest(), page, "other").error_code(),
      StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace acmecore::rpc
