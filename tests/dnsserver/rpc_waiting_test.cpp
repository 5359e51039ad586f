#include <gmock/gmock.h>

#include <future>
#include <list>

#include "tests/dnsserver/rpc_fixture.h"

namespace dnsserver::rpc {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
namespace api = assay::v1;

// Callers that wait until a value is served everywhere, which it is once the test opens the gate.
class RpcWaiting : public RpcTest {
 protected:
  struct Call {
    grpc::ClientContext context;
    api::PresentChallengeRequest request;
    api::PresentChallengeResponse response;
    std::promise<grpc::Status> ended;
  };

  RpcWaiting() {
    create_zone("corp.test");
    outside_.gate_.shut(io_);
  }

  static api::PresentChallengeRequest waiting_at(const std::string& name) {
    api::PresentChallengeRequest request;
    request.set_name(name);
    request.set_value("value");
    request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
    return request;
  }

  // Each sees first that it has to wait.
  void begin(int count) {
    outside_.sightings_.assign(size_t(count), {{seen("192.0.2.1:53", false)}, {}});
    outside_.sightings_.push_back({{seen("192.0.2.1:53", true)}, {}});
    for (int i = 0; i < count; ++i) {
      Call& call = calls_.emplace_back();
      call.request = waiting_at("n" + std::to_string(i) + ".corp.test");
      call.context.AddMetadata("authorization", "Bearer alice");
      challenges_->async()->PresentChallenge(
          &call.context, &call.request, &call.response,
          [&call](grpc::Status status) { call.ended.set_value(std::move(status)); });
    }
    outside_.gate_.await(count);
  }

  std::list<Call> calls_;
};

TEST_F(RpcWaiting, AreNoMoreAtOnceThanTheNamedNumber) {
  begin(kWaitingCallersMax);
  api::PresentChallengeResponse response;
  const auto more = waiting_at("one-more.corp.test");
  const auto refused = call(*challenges_, &Challenges::PresentChallenge, "bob", more, response);
  EXPECT_EQ(refused.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("64 callers wait already"));
  api::ListChallengesResponse listed;
  EXPECT_TRUE(
      call(*challenges_, &Challenges::ListChallenges, "bob", api::ListChallengesRequest(), listed).ok());
  EXPECT_EQ(listed.challenges_size(), 1) << "the value is published all the same";
  auto at_once = waiting_at("one-more.corp.test");
  at_once.clear_wait();
  EXPECT_TRUE(call(*challenges_, &Challenges::PresentChallenge, "bob", at_once, response).ok());

  outside_.gate_.open();
  for (Call& call : calls_) {
    EXPECT_TRUE(call.ended.get_future().get().ok());
    EXPECT_EQ(call.response.served_at_size(), 1);
  }
  EXPECT_TRUE(call(*challenges_, &Challenges::PresentChallenge, "bob", more, response).ok())
      << "there is room again";
}

}  // namespace
}  // namespace dnsserver::rpc
