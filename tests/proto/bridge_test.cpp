#include "proto/bridge.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <thread>

#include "assay/v1/certificate.grpc.pb.h"
#include "assay/v1/problem.pb.h"
#include "assay/v1/zone.grpc.pb.h"
#include "proto/status.h"

namespace proto {
namespace {

using assay::v1::IssueRequest;
using assay::v1::IssueResponse;

// Streams the names of the request back, one message each.
class EchoNames final : public assay::v1::CertificateService::CallbackService {
 public:
  explicit EchoNames(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  grpc::ServerWriteReactor<IssueResponse>* Issue(grpc::CallbackServerContext*,
                                                 const IssueRequest* request) override {
    auto work = [request](StreamWriter<IssueResponse>& stream) { return echo(*request, stream); };
    return StreamWriter<IssueResponse>::serve(boost::asio::make_strand(executor_), work);
  }

 private:
  static base::Task<grpc::Status> echo(const IssueRequest& request, StreamWriter<IssueResponse>& stream) {
    for (const auto& name : request.names()) {
      IssueResponse response;
      response.mutable_order_created()->set_order(name);
      if (!co_await stream.write(std::move(response))) co_return grpc::Status::CANCELLED;
    }
    if (request.names_size() == 0) {
      co_return to_status(
          {base::ErrorKind::bad_csr, "no names", {{base::ErrorKind::caa, "denied", "a.test"}}});
    }
    co_return grpc::Status::OK;
  }

  boost::asio::any_io_executor executor_;
};

class Deleter final : public assay::v1::ZoneService::CallbackService {
 public:
  explicit Deleter(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  grpc::ServerUnaryReactor* DeleteZone(grpc::CallbackServerContext* context,
                                       const assay::v1::DeleteZoneRequest* request,
                                       assay::v1::DeleteZoneResponse*) override {
    return serve_unary(*context, executor_, remove(*request));
  }

 private:
  static base::Task<grpc::Status> remove(const assay::v1::DeleteZoneRequest& request) {
    co_return to_status({base::ErrorKind::not_found, "no zone " + request.apex()});
  }

  boost::asio::any_io_executor executor_;
};

class Bridge : public testing::Test {
 protected:
  Bridge() : issuing_(io_.get_executor()), zones_(io_.get_executor()), thread_([this] { io_.run(); }) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&issuing_);
    builder.RegisterService(&zones_);
    server_ = builder.BuildAndStart();
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
  }
  ~Bridge() override {
    server_->Shutdown();
    work_.reset();
    thread_.join();
  }

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  EchoNames issuing_;
  Deleter zones_;
  std::thread thread_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(Bridge, StreamsWhatACoroutineWrites) {
  const auto stub = assay::v1::CertificateService::NewStub(channel_);
  grpc::ClientContext context;
  IssueRequest request;
  for (int i = 0; i < 100; ++i)
    request.add_names(std::to_string(i));
  const auto reader = stub->Issue(&context, request);
  IssueResponse response;
  int seen = 0;
  while (reader->Read(&response))
    EXPECT_EQ(response.order_created().order(), std::to_string(seen++));
  EXPECT_EQ(seen, 100);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(Bridge, EndsAStreamWhoseClientHasGone) {
  const auto stub = assay::v1::CertificateService::NewStub(channel_);
  grpc::ClientContext context;
  IssueRequest request;
  for (int i = 0; i < 100000; ++i)
    request.add_names("x");
  const auto reader = stub->Issue(&context, request);
  IssueResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(Bridge, CarriesTheProblemInTheDetails) {
  const auto stub = assay::v1::CertificateService::NewStub(channel_);
  grpc::ClientContext context;
  const auto reader = stub->Issue(&context, IssueRequest());
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  assay::v1::StatusDetails details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  assay::v1::Problem problem;
  ASSERT_TRUE(details.details(0).UnpackTo(&problem));
  EXPECT_EQ(problem.type(), "urn:ietf:params:acme:error:badCSR");
  EXPECT_EQ(problem.subproblems(0).identifier(), "a.test");
}

TEST_F(Bridge, AnswersAUnaryCallWithTheStatusOfItsCoroutine) {
  const auto stub = assay::v1::ZoneService::NewStub(channel_);
  grpc::ClientContext context;
  assay::v1::DeleteZoneRequest request;
  request.set_apex("corp.test");
  assay::v1::DeleteZoneResponse response;
  const grpc::Status status = stub->DeleteZone(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no zone corp.test");
}

TEST(StatusOnTheWire, KeepsInternalDetailsToItself) {
  const grpc::Status status = to_status({base::ErrorKind::internal, "/var/lib/assay: MDB_CORRUPTED"});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message(), "internal error");
  EXPECT_EQ(status.error_details(), "");
}

}  // namespace
}  // namespace proto
