#include "app/rpc_server.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <future>
#include <optional>

#include "app/files.h"
#include "assay/v1/zone.grpc.pb.h"
#include "proto/callers.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/app/program.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using grpc::StatusCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Answers ListZones, and remembers who asked last. A call whose page_token is "wait" is left to the test.
class AskedService final : public assay::v1::ZoneService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ListZones(grpc::CallbackServerContext* context,
                                      const assay::v1::ListZonesRequest* request,
                                      assay::v1::ListZonesResponse*) override {
    auto* reactor = context->DefaultReactor();
    if (request->page_token() == "wait") {
      waiting_.set_value(reactor);
      return reactor;
    }
    names_ = proto::presented_by(*context).certificate_names;
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const std::vector<std::string>& names() const { return names_; }

  // Of the one call that waits; returns when it is there.
  grpc::ServerUnaryReactor* waiting() { return waiting_.get_future().get(); }

 private:
  std::vector<std::string> names_;
  std::promise<grpc::ServerUnaryReactor*> waiting_;
};

// A CA, and certificates for 127.0.0.1 that it issued.
class Ca {
 public:
  RpcTls tls() const {
    const auto identity = acmecore::make_identity(issuers_, {}, kNow).value();
    return {identity.chain_pem, identity.key_pem, ""};
  }
  std::string root_pem() const { return issuers_.now()->current(acmecore::kDefaultIssuer).root_pem(); }

 private:
  static inline const base::Time kNow = base::SystemClock().now();
  acmecore::Issuers issuers_{acmecore::new_issuer(kNow)};
};

class RpcServerTest : public testing::Test {
 protected:
  void start(RpcTls tls, const RpcLimits& limits = {}) {
    auto service = std::make_unique<AskedService>();
    service_ = service.get();
    services_.push_back({"assay.v1.ZoneService", std::move(service)});
    server_ = RpcServer::open({{"127.0.0.1", 0}}, std::move(tls), services_, limits).value();
  }

  std::shared_ptr<grpc::Channel> connect(const std::string& root_pem, const std::string& chain_pem = "",
                                         const std::string& key_pem = "") {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel(server_->endpoints().front().text(),
                                     grpc::SslCredentials({root_pem, key_pem, chain_pem}), arguments);
  }

  StatusCode ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& page_token = "",
                 std::chrono::milliseconds patience = std::chrono::minutes(1)) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    assay::v1::ListZonesRequest request;
    request.set_page_token(page_token);
    assay::v1::ListZonesResponse response;
    return assay::v1::ZoneService::NewStub(channel)->ListZones(&context, request, &response).error_code();
  }

  // grpc.health.v1.Health/Check of one service: 1 is SERVING, 2 NOT_SERVING. Nothing: the call failed.
  std::optional<int> health(const std::string& service) {
    std::string request;
    if (!service.empty()) request = std::string("\x0a") + char(service.size()) + service;
    grpc::Slice slice(request);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(connect(ca_.root_pem()));
    const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", sent, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&received, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    std::vector<grpc::Slice> slices;
    if (!status.ok() || !received.Dump(&slices).ok() || slices.empty()) return std::nullopt;
    const auto& octets = slices.front();
    return octets.size() == 2 ? std::optional<int>(octets.begin()[1]) : std::nullopt;
  }

  // What a tool that has no .proto of ours learns from the server (grpc.reflection.v1alpha, list_services).
  std::string reflected() {
    grpc::Slice slice(std::string("\x3a\x00", 2));
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(connect(ca_.root_pem()));
    const auto wait = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
    };
    const std::string method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
    const auto call = stub.PrepareCall(&context, method, &queue);
    call->StartCall(nullptr);
    wait();
    call->Write(sent, nullptr);
    wait();
    call->Read(&received, nullptr);
    wait();
    call->WritesDone(nullptr);
    wait();
    grpc::Status status;
    call->Finish(&status, nullptr);
    wait();
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<grpc::Slice> slices;
    EXPECT_TRUE(received.Dump(&slices).ok());
    std::string text;
    for (const auto& part : slices)
      text.append(reinterpret_cast<const char*>(part.begin()), part.size());
    return text;
  }

  Ca ca_;
  std::vector<RpcServer::NamedService> services_;
  AskedService* service_ = nullptr;
  std::unique_ptr<RpcServer> server_;
};

TEST_F(RpcServerTest, ServesOverTlsOnly) {
  start(ca_.tls());
  EXPECT_EQ(ask(connect(ca_.root_pem())), StatusCode::OK);
  EXPECT_EQ(ask(connect(Ca().root_pem())), StatusCode::UNAVAILABLE);
  const auto plain =
      grpc::CreateChannel(server_->endpoints().front().text(), grpc::InsecureChannelCredentials());
  EXPECT_EQ(ask(plain), StatusCode::UNAVAILABLE);
}

TEST_F(RpcServerTest, ServesNewConnectionsWithARenewedCertificate) {
  start(ca_.tls());
  const auto before = connect(ca_.root_pem());
  EXPECT_EQ(ask(before), StatusCode::OK);
  const Ca other;
  const RpcTls renewed = other.tls();
  server_->renew({renewed.chain_pem, renewed.key_pem});
  EXPECT_EQ(ask(connect(other.root_pem())), StatusCode::OK);
  EXPECT_EQ(ask(connect(ca_.root_pem())), StatusCode::UNAVAILABLE);
  EXPECT_EQ(ask(before), StatusCode::OK);  // it goes on
}

TEST_F(RpcServerTest, TellsHealthOfEachService) {
  start(ca_.tls());
  EXPECT_EQ(health(""), 1);
  EXPECT_EQ(health("assay.v1.ZoneService"), 1);
  EXPECT_EQ(health("assay.v1.CertificateService"), std::nullopt);
}

TEST_F(RpcServerTest, TellsToolsWhichServicesItHas) {
  start(ca_.tls());
  EXPECT_THAT(reflected(), AllOf(HasSubstr("assay.v1.ZoneService"), HasSubstr("grpc.health.v1.Health")));
}

TEST_F(RpcServerTest, RefusesMessagesThatAreTooLarge) {
  start(ca_.tls());
  const auto channel = connect(ca_.root_pem());
  const size_t most = size_t(RpcLimits().message_size_max) - 4;  // tag and length of the field
  EXPECT_EQ(ask(channel, std::string(most, 'x')), StatusCode::OK);
  EXPECT_EQ(ask(channel, std::string(most + 1, 'x')), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ask(channel), StatusCode::OK);
}

TEST_F(RpcServerTest, EndsHandshakesThatTakeTooLong) {
  RpcLimits limits;
  limits.handshake = std::chrono::milliseconds(100);
  start(ca_.tls(), limits);
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket stranger(io);
  const auto& endpoint = server_->endpoints().front();
  stranger.connect({boost::asio::ip::make_address(endpoint.address), endpoint.port});
  char octet;
  boost::system::error_code closed;
  EXPECT_EQ(stranger.read_some(boost::asio::buffer(&octet, 1), closed), 0u);
  EXPECT_TRUE(closed);
}

TEST_F(RpcServerTest, LetsCallsWaitThatOneConnectionHasTooManyOf) {
  RpcLimits limits;
  limits.streams_max = 1;
  start(ca_.tls(), limits);
  const auto channel = connect(ca_.root_pem());
  auto first = std::async(std::launch::async, [&] { return ask(channel, "wait"); });
  grpc::ServerUnaryReactor* const waiting = service_->waiting();
  EXPECT_EQ(ask(channel, "", std::chrono::milliseconds(200)), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(ask(connect(ca_.root_pem())), StatusCode::OK);
  waiting->Finish(grpc::Status::OK);
  EXPECT_EQ(first.get(), StatusCode::OK);
  EXPECT_EQ(ask(channel), StatusCode::OK);
}

TEST_F(RpcServerTest, ClosesConnectionsWithoutCalls) {
  RpcLimits limits;
  limits.idle = std::chrono::milliseconds(100);
  start(ca_.tls(), limits);
  const auto channel = connect(ca_.root_pem());
  EXPECT_EQ(ask(channel), StatusCode::OK);
  const auto patience = std::chrono::system_clock::now() + std::chrono::minutes(1);
  EXPECT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, patience));
  EXPECT_EQ(ask(channel), StatusCode::OK);  // over a new one
}

TEST_F(RpcServerTest, AcceptsNothingOnceItIsDrained) {
  start(ca_.tls());
  server_->drain(std::chrono::seconds(10));
  EXPECT_EQ(ask(connect(ca_.root_pem())), StatusCode::UNAVAILABLE);
}

TEST_F(RpcServerTest, NamesTheAddressThatIsTaken) {
  start(ca_.tls());
  const auto taken = server_->endpoints();
  const auto second = RpcServer::open(taken, ca_.tls(), {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("cannot listen at " + taken.front().text()));
}

// A self-signed client certificate, which is its own CA.
struct ClientCertificate {
  explicit ClientCertificate(const std::string& name) {
    const support::TempDirectory directory;
    const auto key = directory.path() / "key";
    const auto certificate = directory.path() / "certificate";
    run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
         "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name, "-keyout", key, "-out",
         certificate});
    chain_pem = read_file(certificate).value();
    key_pem = read_file(key).value();
  }
  std::string chain_pem;
  std::string key_pem;
};

TEST_F(RpcServerTest, SeesTheNamesOfClientCertificatesThatItsClientCaSigned) {
  const ClientCertificate client("host.corp.test");
  RpcTls tls = ca_.tls();
  tls.client_ca_pem = client.chain_pem;
  start(tls);
  EXPECT_EQ(ask(connect(ca_.root_pem(), client.chain_pem, client.key_pem)), StatusCode::OK);
  EXPECT_THAT(service_->names(), UnorderedElementsAre("host.corp.test", "host.corp.test"));  // SAN and CN
}

TEST_F(RpcServerTest, AsksForClientCertificatesAndNeedsNone) {
  const ClientCertificate client("host.corp.test");
  RpcTls tls = ca_.tls();
  tls.client_ca_pem = client.chain_pem;
  start(tls);
  EXPECT_EQ(ask(connect(ca_.root_pem())), StatusCode::OK);
  EXPECT_THAT(service_->names(), IsEmpty());
}

TEST_F(RpcServerTest, RefusesClientCertificatesThatSomebodyElseSigned) {
  const ClientCertificate client("host.corp.test");
  const ClientCertificate stranger("host.corp.test");
  RpcTls tls = ca_.tls();
  tls.client_ca_pem = client.chain_pem;
  start(tls);
  EXPECT_NE(ask(connect(ca_.root_pem(), stranger.chain_pem, stranger.key_pem)), StatusCode::OK);
}

TEST_F(RpcServerTest, WithoutAClientCaNoNamesAreBelieved) {
  const ClientCertificate client("host.corp.test");
  start(ca_.tls());
  EXPECT_EQ(ask(connect(ca_.root_pem(), client.chain_pem, client.key_pem)), StatusCode::OK);
  EXPECT_THAT(service_->names(), IsEmpty());
}

}  // namespace
}  // namespace app
