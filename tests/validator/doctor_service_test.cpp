#include "validator/rpc/doctor_service.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <list>
#include <memory>
#include <thread>

#include "assay/v1/doctor.grpc.pb.h"
#include "base/openssl.h"
#include "proto/time.h"
#include "tests/support/gate.h"
#include "tests/validator/doctor/fake_own_server.h"
#include "tests/validator/scripted_prober.h"
#include "tests/validator/table_resolver.h"

namespace validator::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using support::name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::seconds kNow{1'790'000'000};

class NoPause final : public Pause {
 public:
  base::Task<> wait(std::chrono::milliseconds) override { co_return; }
};

// A small DNS; who asks it can be held at its gate.
class GatedResolver final : public Resolver {
 public:
  base::Task<base::Result<Lookup>> resolve(base::Name name, uint16_t type) override {
    co_await gate_.pass();
    co_return co_await table_.resolve(std::move(name), type);
  }

  support::Gate gate_;

 private:
  TableResolver table_;
};

proto::Credential credential(std::string name, std::set<proto::Permission> permissions) {
  return {.name = name,
          .token_sha256 = base::sha256(name),
          .certificate_name = "",
          .permissions = std::move(permissions)};
}

// Behind a real gRPC server on loopback. The tokens are the names of the credentials: "web" may challenges, "keeper"
// credentials, too, "zones" neither; "c1" and "c2" are of the store.
class Service : public testing::Test {
 protected:
  Service() {
    own_.registrations_ = {{name("one.acme.test"), {.id = "c1"}}, {name("two.acme.test"), {.id = "c2"}}};
    service_.emplace(with_, std::vector<base::Endpoint>(), callers_, caller_by_token, io_.get_executor());
    thread_ = std::thread([this] { io_.run(); });
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&*service_);
    server_ = builder.BuildAndStart();
    stub_ = api::DoctorService::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }
  ~Service() override {
    server_->Shutdown();
    work_.reset();
    thread_.join();
  }

  static std::optional<doctor::Caller> caller_by_token(const std::string& token,
                                                       const std::optional<base::IpAddress>& address) {
    if (token != "c1" && token != "c2") return std::nullopt;
    return doctor::Caller{token, true, address};
  }

  static void present(grpc::ClientContext& context, const std::string& token) {
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  }

  grpc::Status examine(const std::string& token, const api::ExamineRequest& request) {
    grpc::ClientContext context;
    present(context, token);
    findings_.clear();
    const auto stream = stub_->Examine(&context, request);
    for (api::ExamineResponse response; stream->Read(&response);)
      findings_.push_back(response.finding());
    return stream->Finish();
  }
  grpc::Status describe_server(const std::string& token) {
    grpc::ClientContext context;
    present(context, token);
    return stub_->DescribeServer(&context, {}, &described_server_);
  }
  grpc::Status describe_name(const std::string& token, const std::string& name,
                             const std::string& credential = "") {
    grpc::ClientContext context;
    present(context, token);
    api::DescribeNameRequest request;
    request.set_name(name);
    request.set_credential(credential);
    request.set_with_holders(true);
    described_.Clear();
    return stub_->DescribeName(&context, request, &described_);
  }

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  base::ManualClock clock_{base::Time(kNow)};
  GatedResolver resolver_;
  ScriptedProber prober_;
  doctor::FakeOwnServer own_{{"192.0.2.53", 5353}};
  NoPause pause_;
  const doctor::Instruments with_{resolver_, prober_, own_, pause_, clock_, ask_in_turn, {}};
  const proto::Callers callers_{
      {credential("web", {proto::Permission::challenges}),
       credential("keeper", {proto::Permission::challenges, proto::Permission::credentials}),
       credential("zones", {proto::Permission::zones})}};
  std::optional<DoctorService> service_;
  std::thread thread_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<api::DoctorService::Stub> stub_;
  std::vector<api::Finding> findings_;
  api::DescribeServerResponse described_server_;
  api::DescribeNameResponse described_;
};

api::ExamineRequest request_for(const std::string& name) {
  api::ExamineRequest request;
  request.set_name(name);
  return request;
}

TEST_F(Service, TellsFindings) {
  ASSERT_TRUE(examine("web", request_for("www.corp.test")).ok());
  const auto state = std::ranges::find(findings_, "credential.state", &api::Finding::id);
  ASSERT_NE(state, findings_.end());
  EXPECT_THAT(state->sentence(), HasSubstr("\"web\""));
}

TEST_F(Service, ComparesTheCallersClock) {
  auto request = request_for("www.corp.test");
  *request.mutable_caller_time() = proto::to_timestamp(clock_.now() + std::chrono::seconds(301));
  ASSERT_TRUE(examine("web", request).ok());
  const auto clock = std::ranges::find(findings_, "credential.clock", &api::Finding::id);
  ASSERT_NE(clock, findings_.end());
  EXPECT_EQ(clock->grade(), api::Finding::GRADE_FAIL);
}

TEST_F(Service, LooksAroundForThoseOfTheConfigurationAlone) {
  EXPECT_EQ(examine("", request_for("www.corp.test")).error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(examine("nobody", request_for("www.corp.test")).error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(examine("zones", request_for("www.corp.test")).error_code(), StatusCode::PERMISSION_DENIED);
  const auto registered = examine("c1", request_for("www.corp.test"));
  EXPECT_EQ(registered.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(registered.error_message(), HasSubstr("--from-here"));
  EXPECT_THAT(prober_.asked(), IsEmpty());
}

TEST_F(Service, LetsAKeeperAloneLookAtOtherCredentials) {
  auto request = request_for("www.corp.test");
  request.set_credential("c1");
  EXPECT_EQ(examine("web", request).error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(examine("keeper", request).ok());
}

TEST_F(Service, DescribesItselfToAnyoneWhoMayPublish) {
  own_.certificates_ = {{"gRPC", base::Time(kNow)}};
  ASSERT_TRUE(describe_server("c1").ok());
  EXPECT_THAT(described_server_.listeners(), ElementsAre("192.0.2.53:5353"));
  EXPECT_EQ(described_server_.host_zone(), "acme.test.");
  EXPECT_EQ(described_server_.host_name_server(), "ns1.acme.test.");
  ASSERT_EQ(described_server_.certificates_size(), 1);
  EXPECT_EQ(described_server_.certificates(0).door(), "gRPC");
  EXPECT_EQ(described_server_.time().seconds(), kNow.count());
  EXPECT_EQ(described_server_.caller().name(), "c1");
  EXPECT_TRUE(described_server_.caller().is_registered());
  EXPECT_EQ(described_server_.caller().address(), "127.0.0.1");
  ASSERT_TRUE(describe_server("web").ok());
  EXPECT_FALSE(described_server_.caller().is_registered());
  EXPECT_EQ(describe_server("zones").error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(describe_server("").error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(Service, DescribesANameAndWhoHoldsIt) {
  ASSERT_TRUE(describe_name("web", "acme.test").ok());
  EXPECT_EQ(described_.zone(), "acme.test.");
  EXPECT_THAT(described_.name_servers(), ElementsAre("ns1.acme.test."));
  ASSERT_TRUE(describe_name("web", "one.acme.test").ok());
  EXPECT_THAT(described_.name_servers(), IsEmpty());
  ASSERT_EQ(described_.holders_size(), 1);
  EXPECT_EQ(described_.holders(0).id(), "c1");
  ASSERT_TRUE(describe_name("web", "www.corp.test").ok());
  EXPECT_EQ(described_.zone(), "");
  EXPECT_EQ(describe_name("web", "a..b").error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(Service, TellsATenantOfItselfAlone) {
  ASSERT_TRUE(describe_name("c1", "two.acme.test", "c1").ok());
  ASSERT_EQ(described_.holders_size(), 1);
  EXPECT_EQ(described_.holders(0).id(), "");
  EXPECT_EQ(described_.registration().id(), "c1");
  EXPECT_FALSE(described_.registration().may_write());
  EXPECT_EQ(describe_name("c1", "two.acme.test", "c2").error_code(), StatusCode::PERMISSION_DENIED);
  ASSERT_TRUE(describe_name("keeper", "two.acme.test", "c3").ok());
  EXPECT_FALSE(described_.has_registration());
  EXPECT_THAT(described_.registration_error(), HasSubstr("c3"));
}

TEST_F(Service, ExaminesNoMoreAtOnceThanTheNamedNumber) {
  resolver_.gate_.shut(io_);
  std::list<grpc::ClientContext> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<api::ExamineResponse>>> under_way;
  for (size_t i = 0; i < kExaminationsMax; ++i) {
    present(contexts.emplace_back(), "web");
    under_way.push_back(stub_->Examine(&contexts.back(), request_for("www.corp.test")));
  }
  resolver_.gate_.await(kExaminationsMax);
  const grpc::Status refused = examine("web", request_for("www.corp.test"));
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("4 examinations are under way"));
  EXPECT_THAT(findings_, IsEmpty());
  resolver_.gate_.open();
  for (const auto& stream : under_way) {
    for (api::ExamineResponse response; stream->Read(&response);)
      continue;
    EXPECT_TRUE(stream->Finish().ok());
  }
  EXPECT_TRUE(examine("web", request_for("www.corp.test")).ok()) << "there is room again";
}

TEST_F(Service, LooksForNoMoreHoldersAtOnceThanTheNamedNumber) {
  struct Call {
    grpc::ClientContext context;
    api::DescribeNameRequest request;
    api::DescribeNameResponse response;
    std::promise<grpc::Status> ended;
  };
  own_.gate_.shut(io_);
  std::list<Call> under_way;
  for (size_t i = 0; i < kHolderSearchesMax; ++i) {
    Call& call = under_way.emplace_back();
    present(call.context, "c1");
    call.request.set_name("one.acme.test");
    call.request.set_with_holders(true);
    stub_->async()->DescribeName(&call.context, &call.request, &call.response,
                                 [&call](grpc::Status status) { call.ended.set_value(std::move(status)); });
  }
  own_.gate_.await(kHolderSearchesMax);
  const grpc::Status refused = describe_name("c1", "one.acme.test");
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("4 calls look for holders already"));
  own_.gate_.open();
  for (Call& call : under_way) {
    EXPECT_TRUE(call.ended.get_future().get().ok());
    EXPECT_EQ(call.response.holders_size(), 1);
  }
  EXPECT_TRUE(describe_name("c1", "one.acme.test").ok()) << "there is room again";
}

}  // namespace
}  // namespace validator::rpc
