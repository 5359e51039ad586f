#include <gmock/gmock.h>

#include <future>
#include <memory>

#include "dnsserver/rpc/fields.h"
#include "tests/dnsserver/rpc_fixture.h"

namespace dnsserver::rpc {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
namespace api = assay::v1;

class RpcChallenges : public RpcTest {
 protected:
  RpcChallenges() { create_zone("corp.test"); }

  static api::PresentChallengeRequest challenge(const std::string& name, const std::string& value) {
    api::PresentChallengeRequest request;
    request.set_name(name);
    request.set_value(value);
    return request;
  }

  grpc::Status present(const std::string& token, const api::PresentChallengeRequest& request) {
    return call(*challenges_, &Challenges::PresentChallenge, token, request, presented_);
  }

  // How many were removed.
  int remove(const std::string& token, const std::string& name, const std::string& value) {
    api::RemoveChallengeRequest request;
    request.set_name(name);
    request.set_value(value);
    api::RemoveChallengeResponse response;
    EXPECT_TRUE(call(*challenges_, &Challenges::RemoveChallenge, token, request, response).ok());
    return int(response.removed_count());
  }

  // "name value" of all pages.
  std::vector<std::string> list(const std::string& token, const std::string& name = "",
                                int32_t page_size = 0) {
    std::vector<std::string> lines;
    api::ListChallengesRequest request;
    request.set_name(name);
    request.set_page_size(page_size);
    do {
      api::ListChallengesResponse page;
      EXPECT_TRUE(call(*challenges_, &Challenges::ListChallenges, token, request, page).ok());
      for (const auto& challenge : page.challenges())
        lines.push_back(challenge.name() + " " + challenge.value());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return lines;
  }

  api::PresentChallengeResponse presented_;
};

TEST_F(RpcChallenges, AreAnsweredAsTheyStand) {
  ASSERT_TRUE(present("alice", challenge("_acme-challenge.Corp.test", "one")).ok());
  EXPECT_EQ(presented_.challenge().name(), "_acme-challenge.Corp.test.");
  EXPECT_EQ(presented_.challenge().value(), "one");
  EXPECT_EQ(presented_.challenge().expire_time().seconds(), 1'790'000'000 + 3600);
  EXPECT_EQ(presented_.zone_serial(), 1'790'000'001u);

  auto timed = challenge("_acme-challenge.corp.test", "one");
  timed.mutable_lifetime()->set_seconds(90);
  timed.mutable_lifetime()->set_nanos(500'999'999);
  ASSERT_TRUE(present("alice", timed).ok());
  EXPECT_EQ(presented_.challenge().expire_time().seconds(), 1'790'000'090);
  EXPECT_EQ(presented_.challenge().expire_time().nanos(), 500'000'000);
  EXPECT_EQ(presented_.zone_serial(), 1'790'000'001u);
}

TEST_F(RpcChallenges, BelongToTheirCredential) {
  ASSERT_TRUE(present("alice", challenge("a.corp.test", "1")).ok());
  ASSERT_TRUE(present("alice", challenge("a.corp.test", "2")).ok());
  ASSERT_TRUE(present("alice", challenge("b.corp.test", "3")).ok());
  ASSERT_TRUE(present("bob", challenge("a.corp.test", "4")).ok());
  EXPECT_THAT(list("alice"), UnorderedElementsAre("a.corp.test. 1", "a.corp.test. 2", "b.corp.test. 3"));
  EXPECT_THAT(list("alice", "A.corp.test.", 1), UnorderedElementsAre("a.corp.test. 1", "a.corp.test. 2"));
  EXPECT_THAT(list("bob"), ElementsAre("a.corp.test. 4"));
  EXPECT_EQ(remove("bob", "a.corp.test", "1"), 0);
  EXPECT_EQ(remove("alice", "a.corp.test", "1"), 1);
  EXPECT_EQ(remove("alice", "a.corp.test", "1"), 0);
  EXPECT_EQ(remove("bob", "a.corp.test", ""), 1);
  EXPECT_THAT(list("alice", "a.corp.test"), ElementsAre("a.corp.test. 2"));
}

TEST_F(RpcChallenges, AreOfThoseWhoMay) {
  EXPECT_EQ(present("", challenge("a.corp.test", "1")).error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(present("admin", challenge("a.corp.test", "1")).error_code(), StatusCode::PERMISSION_DENIED);
  api::RemoveChallengeResponse removed;
  EXPECT_EQ(call(*challenges_, &Challenges::RemoveChallenge, "admin", api::RemoveChallengeRequest(), removed)
                .error_code(),
            StatusCode::PERMISSION_DENIED);
  api::ListChallengesResponse listed;
  EXPECT_EQ(call(*challenges_, &Challenges::ListChallenges, "admin", api::ListChallengesRequest(), listed)
                .error_code(),
            StatusCode::PERMISSION_DENIED);
}

TEST_F(RpcChallenges, AreRefusedWithTheCodesOfTheContract) {
  EXPECT_EQ(present("alice", challenge("a.other.test", "1")).error_code(), StatusCode::NOT_FOUND);
  for (size_t i = 0; i < kChallengesPerNameMax; ++i) {
    ASSERT_TRUE(present("alice", challenge("a.corp.test", "v" + std::to_string(i))).ok());
  }
  EXPECT_EQ(present("bob", challenge("a.corp.test", "one more")).error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
  api::PutRRsetRequest alias;
  alias.mutable_rrset()->set_name("alias.corp.test");
  alias.mutable_rrset()->set_type("CNAME");
  alias.mutable_rrset()->add_rdata("x.test.");
  api::PutRRsetResponse put;
  ASSERT_TRUE(call(*zones_, &Zones::PutRRset, "admin", alias, put).ok());
  EXPECT_EQ(present("alice", challenge("alias.corp.test", "1")).error_code(),
            StatusCode::FAILED_PRECONDITION);
}

TEST_F(RpcChallenges, AreRefusedWithTheNameOfTheField) {
  const auto refusal = [&](const api::PresentChallengeRequest& request) {
    const grpc::Status status = present("alice", request);
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(refusal(challenge("", "v")), HasSubstr("name: "));
  EXPECT_THAT(refusal(challenge("a..test", "v")), HasSubstr("name: "));
  EXPECT_THAT(refusal(challenge("*.corp.test", "v")), HasSubstr("name: "));
  EXPECT_THAT(refusal(challenge("a.corp.test", "")), HasSubstr("value: "));
  EXPECT_THAT(refusal(challenge("a.corp.test", std::string(256, 'x'))), HasSubstr("value: "));
}

TEST_F(RpcChallenges, LiveFromASecondToThirtyDays) {
  const auto lived = [&](int64_t seconds, int32_t nanos) {
    auto request = challenge("a.corp.test", "v");
    request.mutable_lifetime()->set_seconds(seconds);
    request.mutable_lifetime()->set_nanos(nanos);
    const grpc::Status status = present("alice", request);
    EXPECT_THAT(status.error_message(), testing::AnyOf("", HasSubstr("lifetime: ")));
    return status.ok();
  };
  const auto max = std::chrono::seconds(std::chrono::days(30)).count();
  EXPECT_TRUE(lived(1, 0));
  EXPECT_FALSE(lived(0, 999'999'999));
  EXPECT_FALSE(lived(0, 0));
  EXPECT_FALSE(lived(-1, 0));
  EXPECT_FALSE(lived(5, 1'000'000'000));
  EXPECT_TRUE(lived(max, 0));
  EXPECT_FALSE(lived(max, 1'000'000));
  EXPECT_FALSE(lived(INT64_MAX, 0));
}

TEST_F(RpcChallenges, ArePagedWithTokensThatAreGoodForTheirListOnly) {
  for (const char* token : {"alice", "bob"}) {
    for (int i = 0; i < 4; ++i)
      ASSERT_TRUE(present(token, challenge("a.corp.test", "v" + std::to_string(i))).ok());
  }
  api::ListChallengesRequest request;
  request.set_page_size(2);
  api::ListChallengesResponse page;
  ASSERT_TRUE(call(*challenges_, &Challenges::ListChallenges, "alice", request, page).ok());
  ASSERT_NE(page.next_page_token(), "");
  request.set_page_token(page.next_page_token());
  const auto listed = [&](const std::string& token) {
    api::ListChallengesResponse next;
    return call(*challenges_, &Challenges::ListChallenges, token, request, next);
  };
  EXPECT_TRUE(listed("alice").ok());
  EXPECT_EQ(listed("bob").error_code(), StatusCode::INVALID_ARGUMENT);
  request.set_name("a.corp.test");
  EXPECT_EQ(listed("alice").error_code(), StatusCode::INVALID_ARGUMENT);
  request.clear_name();
  request.set_page_token("x");
  EXPECT_THAT(listed("alice").error_message(), HasSubstr("page_token: "));
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_THAT(listed("alice").error_message(), HasSubstr("page_size: "));
}

TEST(RpcFields, PageSizesAreBounded) {
  EXPECT_EQ(parse_page_size(0), kPageSizeDefault);
  EXPECT_EQ(parse_page_size(1), 1u);
  EXPECT_EQ(parse_page_size(int32_t(kPageSizeMax)), kPageSizeMax);
  EXPECT_EQ(parse_page_size(int32_t(kPageSizeMax) + 1), kPageSizeMax);
  EXPECT_EQ(parse_page_size(INT32_MAX), kPageSizeMax);
  EXPECT_FALSE(parse_page_size(-1));
}

TEST(RpcFields, PageTokensCarryTheirCursor) {
  const base::Bytes cursor("\0\xff key", 6);
  const std::string token = page_token("list", cursor);
  EXPECT_EQ(parse_page_token("list", token), cursor);
  EXPECT_FALSE(parse_page_token("other", token));
  EXPECT_FALSE(parse_page_token("list", token.substr(0, 10)));
  EXPECT_EQ(page_token("list", ""), "");
  EXPECT_EQ(parse_page_token("list", ""), "");
}

TEST_F(RpcChallenges, AreWaitedForUntilTheyAreServedEverywhere) {
  auto request = challenge("a.corp.test", "1");
  request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
  outside_.sightings_ = {{seen("192.0.2.1:53", true)}};
  outside_.denials_ = {std::chrono::seconds(60)};
  ASSERT_TRUE(present("alice", request).ok());
  ASSERT_EQ(presented_.served_at_size(), 1);
  EXPECT_EQ(presented_.served_at(0).name_server(), "ns1.acme.test.");
  EXPECT_EQ(presented_.served_at(0).address(), "192.0.2.1:53");
  EXPECT_EQ(presented_.served_at(0).seen_time().seconds(), 1'790'000'000);
  EXPECT_EQ(presented_.safe_to_validate_time().seconds(), 1'790'000'060);
}

TEST_F(RpcChallenges, StayWhereWaitingWasInVain) {
  auto request = challenge("a.corp.test", "1");
  request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
  request.mutable_wait()->mutable_timeout();  // 0 s
  outside_.sightings_ = {{seen("192.0.2.1:53", false, "TXT \"old\"")}};
  const auto status = present("alice", request);
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("ns1.acme.test. (192.0.2.1:53) says TXT \"old\""));
  EXPECT_THAT(list("alice"), ElementsAre("a.corp.test. 1"));
}

TEST_F(RpcChallenges, AreWaitedForTenMinutesAtMost) {
  auto request = challenge("a.corp.test", "1");
  request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
  outside_.sightings_ = {{seen("192.0.2.1:53", true)}};
  request.mutable_wait()->mutable_timeout()->set_seconds(600);
  EXPECT_TRUE(present("alice", request).ok());
  request.mutable_wait()->mutable_timeout()->set_seconds(601);
  EXPECT_EQ(present("alice", request).error_code(), StatusCode::INVALID_ARGUMENT);
  request.mutable_wait()->set_servers(api::Wait::Servers(9));
  EXPECT_EQ(present("alice", request).error_code(), StatusCode::INVALID_ARGUMENT);
  request.mutable_wait()->set_servers(api::Wait::SERVERS_NONE);
  EXPECT_TRUE(present("alice", request).ok());
  EXPECT_EQ(outside_.looked_at_.size(), 1u);
}

TEST_F(RpcChallenges, AreWaitedForAMinuteWhereNobodySaysHowLong) {
  auto request = challenge("a.corp.test", "1");
  request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
  outside_.sightings_ = {{seen("192.0.2.1:53", false)}};
  outside_.on_pause_ = [&](auto duration) { clock_.advance(duration); };
  const auto status = present("alice", request);
  EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("after 60000 ms"));
}

// Calls that wait for what never comes, until they end.
class WaitingRpc : public RpcChallenges {
 protected:
  WaitingRpc() { outside_.sightings_ = {{seen("192.0.2.1:53", false)}}; }
  ~WaitingRpc() override {
    for (auto& call : calls_)
      call->context.TryCancel();
    for (auto& call : calls_)
      call->ended.wait();
  }

  struct Call {
    grpc::ClientContext context;
    api::PresentChallengeRequest request;
    api::PresentChallengeResponse response;
    std::promise<grpc::Status> end;
    std::shared_future<grpc::Status> ended = end.get_future().share();
  };

  // Returns when the call waits.
  Call& start(const std::string& token) {
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    call.context.AddMetadata("authorization", "Bearer " + token);
    call.request = challenge("a.corp.test", token);
    call.request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
    const auto on_end = [&call](grpc::Status status) { call.end.set_value(std::move(status)); };
    challenges_->async()->PresentChallenge(&call.context, &call.request, &call.response, on_end);
    outside_.begun_.acquire();
    return call;
  }

  grpc::Status refused(const std::string& token) {
    auto request = challenge("b.corp.test", token);
    request.mutable_wait()->set_servers(api::Wait::SERVERS_ALL);
    return present(token, request);
  }

  std::vector<std::unique_ptr<Call>> calls_;
};

TEST_F(WaitingRpc, LeaveRoomForOtherCredentials) {
  for (size_t i = 0; i < kWaitingCallersOfOneMax; ++i)
    start("alice");
  const auto status = refused("alice");
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(
      status.error_message(),
      "the value is published, and 8 callers with the credential alice wait already, and more may not at "
      "once");
  EXPECT_THAT(list("alice", "b.corp.test"), ElementsAre("b.corp.test. alice"));
  start("bob");
}

TEST_F(WaitingRpc, EndWithTheirServer) {
  Call& call = start("alice");
  server_->Shutdown(std::chrono::system_clock::now());
  EXPECT_FALSE(call.ended.get().ok());
  // It returns when the coroutine behind the call has ended: not for want of time, of which none has passed.
  server_->Wait();
  EXPECT_THAT(outside_.found_at_, testing::SizeIs(1));
}

}  // namespace
}  // namespace dnsserver::rpc
