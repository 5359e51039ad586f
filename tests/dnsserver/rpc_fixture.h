#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "dnsserver/rpc/challenge_service.h"
#include "dnsserver/rpc/credential_service.h"
#include "dnsserver/rpc/zone_service.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/act_collector.h"
#include "tests/dnsserver/fake_propagation.h"

namespace dnsserver::rpc {

// All services behind a real gRPC server on loopback. The tokens are the names of the credentials: "admin"
// may zones, "keeper" credentials, "alice" and "bob" challenges.
class RpcTest : public testing::Test {
 protected:
  RpcTest();
  ~RpcTest() override;

  template <class Request, class Response, class Stub>
  grpc::Status call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const std::string& token, const Request& request, Response& response) {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    return (stub.*method)(&context, request, &response);
  }

  using Zones = assay::v1::ZoneService::Stub;
  using Challenges = assay::v1::ChallengeService::Stub;
  using CredentialStub = assay::v1::CredentialService::Stub;

  // By "admin", with one name server.
  void create_zone(const std::string& apex);

  boost::asio::io_context io_;
  base::ManualClock clock_{Time(std::chrono::seconds(1'790'000'000))};
  storage::MemoryStore store_;
  ZoneTableHolder served_;
  ActCollector acts_;
  std::unique_ptr<Publishing> publishing_;
  std::unique_ptr<Credentials> credentials_;
  proto::Callers callers_;
  std::optional<ZoneService> zone_service_;
  FakePropagation outside_{clock_.now()};
  std::optional<ChallengeService> challenge_service_;
  std::optional<CredentialService> credential_service_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::thread thread_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Zones> zones_;
  std::unique_ptr<Challenges> challenges_;
  std::unique_ptr<CredentialStub> keeper_;
};

}  // namespace dnsserver::rpc
