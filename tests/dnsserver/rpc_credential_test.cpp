#include <gtest/gtest.h>

#include "dnsserver/rpc/credential_messages.h"
#include "dnsserver/rpc/writer.h"
#include "tests/dnsserver/rpc_fixture.h"

namespace dnsserver::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;

class RpcCredentials : public RpcTest {
 protected:
  RpcCredentials() { create_zone("corp.test"); }

  StatusCode create(const api::CreateCredentialRequest& request, const std::string& token = "keeper") {
    created_.Clear();
    return call(*keeper_, &CredentialStub::CreateCredential, token, request, created_).error_code();
  }

  api::CreateCredentialRequest with_scope(const std::string& name, bool subtree = false) {
    api::CreateCredentialRequest request;
    request.set_with_password(true);
    api::Scope& scope = *request.mutable_credential()->add_scopes();
    scope.set_name(name);
    scope.set_subtree(subtree);
    return request;
  }

  StatusCode present(const std::string& token, const std::string& name, const std::string& tag = "") {
    api::PresentChallengeRequest request;
    request.set_name(name);
    request.set_value("v");
    request.set_tag(tag);
    api::PresentChallengeResponse response;
    return call(*challenges_, &Challenges::PresentChallenge, token, request, response).error_code();
  }

  api::CreateCredentialResponse created_;
};

TEST_F(RpcCredentials, ShowTheirSecretsOnce) {
  api::CreateCredentialRequest request = with_scope("www.corp.test");
  request.mutable_credential()->add_tsig_keys()->set_name("key.corp.test");
  request.mutable_credential()->set_comment("the build farm");
  ASSERT_EQ(create(request), StatusCode::OK);
  EXPECT_EQ(created_.password().size(), kPasswordSize);
  EXPECT_EQ(created_.credential().user_name().size(), 36u) << "a UUID, as clients of acme-dns expect it";
  ASSERT_EQ(created_.credential().tsig_keys_size(), 1);
  EXPECT_EQ(created_.credential().tsig_keys(0).algorithm(), "hmac-sha256");
  EXPECT_EQ(parse_base64(created_.credential().tsig_keys(0).secret())->size(), 32u);

  api::GetCredentialRequest get;
  get.set_id(created_.credential().id());
  api::GetCredentialResponse got;
  ASSERT_TRUE(call(*keeper_, &CredentialStub::GetCredential, "keeper", get, got).ok());
  EXPECT_EQ(got.credential().comment(), "the build farm");
  EXPECT_EQ(got.credential().tsig_keys(0).secret(), "");
  EXPECT_EQ(got.credential().limits().values_per_name(), WriteLimits().values_per_name);

  api::ListCredentialsRequest list;
  api::ListCredentialsResponse listed;
  ASSERT_TRUE(call(*keeper_, &CredentialStub::ListCredentials, "keeper", list, listed).ok());
  ASSERT_EQ(listed.credentials_size(), 1);
  EXPECT_EQ(listed.credentials(0).tsig_keys(0).secret(), "");
}

TEST_F(RpcCredentials, AreTheBusinessOfWhoHasThePermission) {
  EXPECT_EQ(create(with_scope("www.corp.test"), "alice"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(create(with_scope("www.corp.test"), ""), StatusCode::UNAUTHENTICATED);
  ASSERT_EQ(create(with_scope("www.corp.test")), StatusCode::OK);
  EXPECT_EQ(create(with_scope("www.corp.test"), created_.password()), StatusCode::UNAUTHENTICATED)
      << "a credential of the store publishes and does nothing else";
}

TEST_F(RpcCredentials, PublishWithTheirPasswordWhereTheyMay) {
  ASSERT_EQ(create(with_scope("www.corp.test")), StatusCode::OK);
  const std::string password = created_.password();
  EXPECT_EQ(present(password, "www.corp.test"), StatusCode::OK);
  EXPECT_EQ(present(password, "other.corp.test"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(present(password + "x", "www.corp.test"), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(present("alice", "other.corp.test"), StatusCode::OK)
      << "those of the configuration write everywhere";

  api::UpdateCredentialRequest disable;
  disable.set_id(created_.credential().id());
  disable.set_disabled(true);
  api::UpdateCredentialResponse updated;
  ASSERT_TRUE(call(*keeper_, &CredentialStub::UpdateCredential, "keeper", disable, updated).ok());
  EXPECT_TRUE(updated.credential().disabled());
  EXPECT_EQ(present(password, "www.corp.test"), StatusCode::UNAUTHENTICATED);
}

TEST_F(RpcCredentials, ChangeWhatTheRequestNamesAndNothingElse) {
  api::CreateCredentialRequest request = with_scope("www.corp.test");
  request.mutable_credential()->add_sources("192.0.2.0/24");
  request.mutable_credential()->mutable_expire_time()->set_seconds(2'000'000'000);
  ASSERT_EQ(create(request), StatusCode::OK);
  EXPECT_EQ(present(created_.password(), "www.corp.test"), StatusCode::UNAUTHENTICATED) << "from loopback";

  api::UpdateCredentialRequest update;
  update.set_id(created_.credential().id());
  update.mutable_limits()->set_names(7);
  update.add_sources("");
  update.set_clear_expire_time(true);
  update.set_renew_password(true);
  update.add_add_tsig_keys()->set_name("new-key.");
  api::UpdateCredentialResponse updated;
  ASSERT_TRUE(call(*keeper_, &CredentialStub::UpdateCredential, "keeper", update, updated).ok());
  const api::Credential& now = updated.credential();
  EXPECT_EQ(now.limits().names(), 7u);
  EXPECT_EQ(now.limits().values_per_name(), WriteLimits().values_per_name);
  EXPECT_EQ(now.scopes_size(), 1);
  EXPECT_EQ(now.sources_size(), 0);
  EXPECT_FALSE(now.has_expire_time());
  EXPECT_NE(now.tsig_keys(0).secret(), "");
  EXPECT_EQ(present(updated.password(), "www.corp.test"), StatusCode::OK);
  EXPECT_EQ(present(created_.password(), "www.corp.test"), StatusCode::UNAUTHENTICATED);

  update.Clear();
  update.set_id(created_.credential().id());
  update.add_remove_tsig_keys("new-key.");
  ASSERT_TRUE(call(*keeper_, &CredentialStub::UpdateCredential, "keeper", update, updated).ok());
  EXPECT_EQ(call(*keeper_, &CredentialStub::UpdateCredential, "keeper", update, updated).error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(RpcCredentials, TakeTheirValuesWithThem) {
  ASSERT_EQ(create(with_scope("corp.test", true)), StatusCode::OK);
  ASSERT_EQ(present(created_.password(), "a.corp.test", "order 1"), StatusCode::OK);
  ASSERT_EQ(present(created_.password(), "b.corp.test"), StatusCode::OK);
  api::DeleteCredentialRequest request;
  request.set_id(created_.credential().id());
  api::DeleteCredentialResponse response;
  ASSERT_TRUE(call(*keeper_, &CredentialStub::DeleteCredential, "keeper", request, response).ok());
  EXPECT_EQ(response.removed_count(), 2u);
  EXPECT_EQ(present(created_.password(), "a.corp.test"), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(call(*keeper_, &CredentialStub::DeleteCredential, "keeper", request, response).error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(RpcCredentials, AreRefusedWithTheFieldThatIsWrong) {
  api::CreateCredentialRequest request;
  EXPECT_EQ(create(request), StatusCode::INVALID_ARGUMENT) << "neither password nor key";
  request.set_with_password(true);
  EXPECT_EQ(create(request), StatusCode::INVALID_ARGUMENT) << "no scope";
  request = with_scope("a..b");
  EXPECT_EQ(create(request), StatusCode::INVALID_ARGUMENT);
  request = with_scope("www.corp.test");
  request.mutable_credential()->add_sources("192.0.2.0/33");
  EXPECT_EQ(create(request), StatusCode::INVALID_ARGUMENT);
  request = with_scope("www.corp.test");
  api::TsigKey& key = *request.mutable_credential()->add_tsig_keys();
  key.set_name("key.");
  key.set_algorithm("hmac-sha7");
  EXPECT_EQ(create(request), StatusCode::INVALID_ARGUMENT);
  key.set_algorithm("hmac-sha512");
  key.set_secret("not base64!");
  EXPECT_EQ(create(request), StatusCode::INVALID_ARGUMENT);
  key.set_secret("MTIzNDU2Nzg5MDEyMzQ1Ng==");
  EXPECT_EQ(create(request), StatusCode::OK);
  EXPECT_EQ(create(request), StatusCode::ALREADY_EXISTS);
}

TEST_F(RpcCredentials, AreToldToTheLogWithWhoKeepsThem) {
  acts_.take();  // the zone
  EXPECT_EQ(create(with_scope("www.corp.test"), "alice"), StatusCode::PERMISSION_DENIED);
  ASSERT_EQ(create(with_scope("www.corp.test")), StatusCode::OK);
  const std::string id = created_.credential().id();
  api::UpdateCredentialRequest update;
  update.set_id(id);
  update.set_renew_password(true);
  api::UpdateCredentialResponse updated;
  EXPECT_TRUE(call(*keeper_, &CredentialStub::UpdateCredential, "keeper", update, updated).ok());
  api::DeleteCredentialRequest remove;
  remove.set_id(id);
  api::DeleteCredentialResponse removed;
  EXPECT_TRUE(call(*keeper_, &CredentialStub::DeleteCredential, "keeper", remove, removed).ok());
  std::vector<ActKind> kinds;
  for (const Act& act : acts_.take()) {
    kinds.push_back(act.kind);
    EXPECT_EQ(act.by, Administrator("keeper", "127.0.0.1"));
    EXPECT_EQ(detail_of(act, "publishing_credential"), id);
  }
  EXPECT_EQ(kinds, (std::vector{ActKind::credential_created, ActKind::credential_updated,
                                ActKind::credential_removed}));
}

TEST(Base64, IsThatOfKeyFiles) {
  EXPECT_EQ(base64("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(base64("a"), "YQ==");
  EXPECT_EQ(parse_base64("+//+"), "\xfb\xff\xfe");
  EXPECT_EQ(parse_base64("YQ=="), "a");
  EXPECT_FALSE(parse_base64("Y Q=="));
}

}  // namespace
}  // namespace dnsserver::rpc
