#include "acmecore/rpc/certificate_service.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>

#include <boost/asio/executor_work_guard.hpp>
#include <memory>
#include <optional>
#include <thread>

#include "assay/v1/problem.pb.h"
#include "base/openssl.h"
#include "tests/acmecore/rpc/issue_fixture.h"

namespace acmecore::rpc {
namespace {

using assay::v1::IssueResponse;
using grpc::StatusCode;

proto::Credential credential(const std::string& name, std::set<proto::Permission> permissions) {
  return {name, base::sha256(name), "", std::move(permissions)};
}

// The service behind a real gRPC server on loopback. A token is the name of its credential.
class CertificateServiceTest : public IssueTest {
 protected:
  CertificateServiceTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = assay::v1::CertificateService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }

  ~CertificateServiceTest() override {
    server_->Shutdown();
    work_.reset();
    thread_.join();
  }

  std::unique_ptr<grpc::ClientContext> context(const std::string& token) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + token);
    return context;
  }

  grpc::Status call(const std::string& token, const assay::v1::IssueRequest& request) {
    const auto calling = context(token);
    const auto stream = stub_->Issue(calling.get(), request);
    IssueResponse event;
    while (stream->Read(&event))
      last_ = event;
    return stream->Finish();
  }

  proto::Callers callers_{{credential("admin", {proto::Permission::certificates}),
                           credential("publisher", {proto::Permission::challenges})}};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_{[this] { io_.run(); }};
  CertificateService service_{services(), callers_, io_.get_executor()};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<assay::v1::CertificateService::Stub> stub_;
  IssueResponse last_;
};

TEST_F(CertificateServiceTest, StreamsEventsUpToTheCertificate) {
  const auto status = call("admin", request_for({"www.acme.test", "*.www.acme.test"}));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(last_.certificate_issued().pem_chain(), testing::StartsWith("-----BEGIN CERTIFICATE-----"));
}

TEST_F(CertificateServiceTest, ServesOnlyCredentialsThatMayHaveCertificates) {
  EXPECT_EQ(call("nobody", request_for({"www.acme.test"})).error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(call("publisher", request_for({"www.acme.test"})).error_code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(CertificateServiceTest, ANameThatIsNotDelegatedIsAFailedPreconditionWithAProblemThatNamesIt) {
  const auto status = call("admin", request_for({"corp.test"}));
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  assay::v1::StatusDetails details;
  assay::v1::Problem problem;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(0).UnpackTo(&problem));
  ASSERT_EQ(problem.subproblems_size(), 1);
  EXPECT_EQ(problem.subproblems(0).identifier(), "corp.test");
}

TEST_F(CertificateServiceTest, AClientThatCancelsLeavesNothingPublished) {
  const auto calling = context("admin");
  const auto stream = stub_->Issue(calling.get(), request_for({"www.acme.test", "*.www.acme.test"}));
  IssueResponse event;
  ASSERT_TRUE(stream->Read(&event));
  calling->TryCancel();
  while (stream->Read(&event)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  server_->Shutdown();  // returns when the call is over
  EXPECT_THAT(dns_.published(), testing::IsEmpty());
}

}  // namespace
}  // namespace acmecore::rpc
