#include "tests/dnsserver/rpc_fixture.h"

#include "base/openssl.h"
#include "tests/support/run_task.h"

namespace dnsserver::rpc {

namespace {

proto::Credential credential(std::string name, proto::Permission permission) {
  return {
      .name = name, .token_sha256 = base::sha256(name), .certificate_name = "", .permissions = {permission}};
}

}  // namespace

RpcTest::RpcTest()
    : callers_({credential("admin", proto::Permission::zones),
                credential("keeper", proto::Permission::credentials),
                credential("alice", proto::Permission::challenges),
                credential("bob", proto::Permission::challenges)}) {
  auto opening = Publishing::open(store_, clock_, served_, io_.get_executor(), &acts_);
  publishing_ = support::run_task(io_, std::move(opening)).value();
  zone_service_.emplace(*publishing_, callers_, io_.get_executor());
  credentials_ =
      support::run_task(io_, Credentials::open(store_, clock_, io_.get_executor(), &acts_)).value();
  challenge_service_.emplace(*publishing_, *credentials_, callers_, clock_, io_.get_executor(), &outside_);
  credential_service_.emplace(*publishing_, *credentials_, callers_, io_.get_executor());
  io_.restart();
  thread_ = std::thread([this] { io_.run(); });
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&*zone_service_);
  builder.RegisterService(&*challenge_service_);
  builder.RegisterService(&*credential_service_);
  server_ = builder.BuildAndStart();
  const auto channel =
      grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials());
  zones_ = assay::v1::ZoneService::NewStub(channel);
  challenges_ = assay::v1::ChallengeService::NewStub(channel);
  keeper_ = assay::v1::CredentialService::NewStub(channel);
}

RpcTest::~RpcTest() {
  server_->Shutdown();
  work_.reset();
  thread_.join();
}

void RpcTest::create_zone(const std::string& apex) {
  assay::v1::CreateZoneRequest request;
  request.mutable_zone()->set_apex(apex);
  request.mutable_zone()->add_name_servers("ns1.ns.test");
  assay::v1::CreateZoneResponse response;
  ASSERT_TRUE(call(*zones_, &Zones::CreateZone, "admin", request, response).ok());
}

}  // namespace dnsserver::rpc
