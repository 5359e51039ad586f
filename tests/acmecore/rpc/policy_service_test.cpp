#include "acmecore/rpc/policy_service.h"

#include <gmock/gmock.h>

#include "tests/acmecore/rpc/issue_fixture.h"
#include "tests/acmecore/rpc/served.h"

namespace acmecore::rpc {
namespace {

using assay::v1::TestPolicyRequest;
using assay::v1::TestPolicyResponse;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The service as callers see it.
class PolicyServiceTest : public IssueTest {
 protected:
  grpc::Status call(const TestPolicyRequest& request, const std::string& token = "admin") {
    return served_.call(&assay::v1::PolicyService::Stub::Test, request, response_, token);
  }

  // "name: error" of each refusal.
  std::vector<std::string> refusals(const TestPolicyRequest& request) {
    const auto status = call(request);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> lines;
    for (const auto& refusal : response_.refusals())
      lines.push_back(refusal.name() + ": " + refusal.type().substr(refusal.type().rfind(':') + 1));
    EXPECT_EQ(response_.would_be_issued(), lines.empty());
    return lines;
  }

  static TestPolicyRequest request_for(const std::vector<std::string>& names) {
    TestPolicyRequest request;
    request.mutable_names()->Assign(names.begin(), names.end());
    return request;
  }

  ExternalAccountKey key(const std::string& id) {
    ExternalAccountKey made;
    made.id = id;
    made.mac_key = base::Bytes(kMacKeySize, 'm');
    made.directory = "team";
    made.created = clock_.now();
    return made;
  }
  void keep(const ExternalAccountKey& key) {
    Changes changes;
    changes.create(key);
    served_.run(records_.commit(std::move(changes))).value();
  }

  ExternalAccountKeys keys_{records_, clock_, {Directory()}};
  proto::Callers callers_{{credential("admin", {proto::Permission::certificates}),
                           credential("publisher", {proto::Permission::challenges})}};
  PolicyService service_{authority_, keys_, {"default", "team"}, clock_, callers_, io_.get_executor()};
  TestPolicyResponse response_;
  Served served_{io_, {&service_}};
};

TEST_F(PolicyServiceTest, SaysThatACertificateWouldBeIssued) {
  EXPECT_THAT(refusals(request_for({"corp.test", "*.corp.test"})), IsEmpty());
}

TEST_F(PolicyServiceTest, SaysThatSomebodyWouldBeAsked) {
  EXPECT_THAT(refusals(request_for({"corp.test", "www.asked.acme.test"})), IsEmpty());
  EXPECT_TRUE(response_.needs_approval());
  EXPECT_THAT(refusals(request_for({"corp.test", "asked.acme.test"})), IsEmpty());
  EXPECT_FALSE(response_.needs_approval());
}

TEST_F(PolicyServiceTest, SaysOfEachNameWhyNot) {
  EXPECT_THAT(refusals(request_for({"a.denied.test", "corp.test", "localhost", "a_b.test"})),
              ElementsAre("localhost: rejectedIdentifier", "a_b.test: malformed",
                          "a.denied.test: rejectedIdentifier"));
  EXPECT_THAT(response_.refusals(2).detail(), HasSubstr("\"**.denied.test\" on its deny list"));
}

TEST_F(PolicyServiceTest, SaysWhatItThinksOfTheKey) {
  auto request = request_for({"corp.test"});
  for (const char* type : {"p256", "p384", "p521"}) {
    request.set_key_type(type);
    EXPECT_THAT(refusals(request), IsEmpty()) << type;
  }
  request.set_key_type("rsa");
  EXPECT_THAT(refusals(request), ElementsAre(": badCSR"));
  for (const char* type : {"RSA", "p224", "ed25519"}) {
    request.set_key_type(type);
    EXPECT_EQ(call(request).error_code(), StatusCode::INVALID_ARGUMENT) << type;
  }
}

TEST_F(PolicyServiceTest, KnowsTheRulesOfAnAccount) {
  auto request = request_for({"a.corp.test"});
  const Account account = served_.run(authority_.account_for("somebody")).value();
  request.set_account(account.id);
  EXPECT_THAT(refusals(request), IsEmpty());
  EXPECT_TRUE(served_.run(authority_.deactivate_account(account)));
  EXPECT_THAT(refusals(request), ElementsAre(": unauthorized"));
  request.set_account(account.id + "0");
  EXPECT_EQ(call(request).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(PolicyServiceTest, KnowsTheRulesOfAnExternalAccountKey) {
  auto request = request_for({"a.key.test"});
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_external_account("key-1");
  EXPECT_EQ(call(request).error_code(), StatusCode::NOT_FOUND);
  keep(key("key-1"));
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_names(0, "a.corp.test");
  EXPECT_THAT(refusals(request), ElementsAre("a.corp.test: rejectedIdentifier"));
}

TEST_F(PolicyServiceTest, KnowsWhatAnExternalAccountKeyAllows) {
  ExternalAccountKey restricted = key("key-2");
  restricted.restriction.names = patterns({"**.a.team.test"});
  restricted.restriction.profiles = {"plain"};
  keep(restricted);
  auto request = request_for({"x.a.team.test", "b.team.test", "a.corp.test"});
  request.set_external_account("key-2");
  EXPECT_THAT(refusals(request),
              ElementsAre("a.corp.test: rejectedIdentifier", "b.team.test: rejectedIdentifier",
                          "a.corp.test: rejectedIdentifier"));
  EXPECT_THAT(response_.refusals(0).detail(), HasSubstr("not among the names that the policy allows"));
  EXPECT_THAT(response_.refusals(1).detail(), HasSubstr("the external account key key-2 allows"));
  request = request_for({"*.a.team.test"});
  request.set_external_account("key-2");
  EXPECT_THAT(refusals(request), ElementsAre("*.a.team.test: invalidProfile"));
  request.set_names(0, "x.a.team.test");
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_profile("usual");
  EXPECT_THAT(refusals(request), ElementsAre(": invalidProfile"));
}

TEST_F(PolicyServiceTest, SaysWhyAKeyWouldMakeNoAccount) {
  ExternalAccountKey disabled = key("disabled"), expired = key("expired"), used = key("used");
  disabled.disabled = true;
  expired.expires = clock_.now();
  used.uses = used.uses_max;
  for (const ExternalAccountKey& one : {disabled, expired, used, key("elsewhere")})
    keep(one);
  const auto refusal = [this](const std::string& id, const std::string& directory = "") {
    auto request = request_for({"a.team.test"});
    request.set_external_account(id);
    request.set_directory(directory);
    EXPECT_THAT(refusals(request), ElementsAre(": unauthorized")) << id;
    return response_.refusals(0).detail();
  };
  EXPECT_EQ(refusal("disabled"), "the external account key disabled is disabled");
  EXPECT_THAT(refusal("expired"), HasSubstr("expired at"));
  EXPECT_THAT(refusal("used"), HasSubstr("is used up: it makes 1 account"));
  EXPECT_THAT(refusal("elsewhere", "default"), HasSubstr("is one of another directory"));
}

TEST_F(PolicyServiceTest, AnAccountBringsItsOwnDirectoryAndKey) {
  keep(key("key-1"));
  auto request = request_for({"a.corp.test"});
  request.set_account(served_.run(authority_.account_for("somebody")).value().id);
  request.set_external_account("key-1");
  EXPECT_EQ(call(request).error_code(), StatusCode::INVALID_ARGUMENT);
  request.set_external_account("");
  request.set_directory("team");
  EXPECT_EQ(call(request).error_code(), StatusCode::INVALID_ARGUMENT);
  request.set_directory("");
  EXPECT_THAT(refusals(request), IsEmpty());
}

TEST_F(PolicyServiceTest, CountsANameOnce) {
  EXPECT_THAT(refusals(request_for({"a.denied.test", "A.denied.test", "a.denied.test"})),
              ElementsAre("a.denied.test: rejectedIdentifier"));
}

TEST_F(PolicyServiceTest, KnowsTheRulesOfADirectory) {
  auto request = request_for({"a.team.test"});
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_directory("team");
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_names(0, "a.corp.test");
  EXPECT_THAT(refusals(request), ElementsAre("a.corp.test: rejectedIdentifier"));
  request.set_names(0, "a.team.test");
  request.set_key_type("p384");
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_key_type("p256");
  EXPECT_THAT(refusals(request), ElementsAre(": badCSR"));
  for (const char* other : {"other", "Team", "team "}) {
    request.set_directory(other);
    EXPECT_EQ(call(request).error_code(), StatusCode::NOT_FOUND) << other;
  }
}

TEST_F(PolicyServiceTest, KnowsTheProfiles) {
  auto request = request_for({"corp.test", "*.corp.test"});
  request.set_key_type("p384");
  EXPECT_THAT(refusals(request), IsEmpty());
  request.set_profile("plain");
  EXPECT_THAT(refusals(request), ElementsAre("*.corp.test: invalidProfile", ": badCSR"));
  request.set_profile("other");
  EXPECT_THAT(refusals(request), ElementsAre(": invalidProfile"));
  EXPECT_THAT(response_.refusals(0).detail(), HasSubstr("\"usual\", \"plain\""));
  request.set_account(served_.run(authority_.account_for("somebody")).value().id);
  EXPECT_THAT(refusals(request), ElementsAre(": invalidProfile"));
}

TEST_F(PolicyServiceTest, NeedsNamesAndACallerWhoMayHaveCertificates) {
  EXPECT_EQ(call({}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(call(request_for({"corp.test"}), "publisher").error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(call(request_for({"corp.test"}), "nobody").error_code(), StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace acmecore::rpc
