#include "acmecore/rpc/external_account_service.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "base/base64url.h"
#include "proto/time.h"
#include "storage/memory_store.h"
#include "tests/acmecore/rpc/served.h"
#include "tests/support/run_task.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;

Directory required_directory(const std::string& name) {
  Directory directory;
  directory.name = name;
  directory.external_account = ExternalAccountMode::required;
  return directory;
}

// The service as callers see it.
class ExternalAccountServiceTest : public testing::Test {
 protected:
  using Stub = api::ExternalAccountService::Stub;

  StatusCode create(const api::ExternalAccountKey& key) {
    api::CreateExternalAccountKeyRequest request;
    *request.mutable_key() = key;
    return served_.call(&Stub::CreateExternalAccountKey, request, created_).error_code();
  }
  api::ExternalAccountKey get(const std::string& id) {
    api::GetExternalAccountKeyRequest request;
    request.set_id(id);
    api::GetExternalAccountKeyResponse response;
    EXPECT_TRUE(served_.call(&Stub::GetExternalAccountKey, request, response).ok());
    return response.key();
  }

  base::ManualClock clock_{base::Time(std::chrono::seconds(1'800'000'000))};
  storage::MemoryStore store_;
  Records records_{store_};
  ExternalAccountKeys keys_{records_, clock_, {required_directory("team"), required_directory("other")}};
  proto::Callers callers_{
      {credential("admin", {proto::Permission::external_accounts}),
       credential("other", {proto::Permission::credentials, proto::Permission::certificates,
                            proto::Permission::zones, proto::Permission::challenges})}};
  boost::asio::io_context io_;
  ExternalAccountService service_{keys_, callers_, io_.get_executor()};
  api::CreateExternalAccountKeyResponse created_;
  Served served_{io_, {&service_}};
};

TEST_F(ExternalAccountServiceTest, CreatesAKeyAndShowsItsMacKeyOnce) {
  api::ExternalAccountKey wanted;
  wanted.set_directory("team");
  wanted.set_comment("team web");
  wanted.add_allowed_names("**.Corp.test");
  wanted.mutable_certificate_lifetime_max()->set_seconds(48 * 3600);
  *wanted.mutable_expire_time() = proto::to_timestamp(clock_.now() + std::chrono::hours(24));
  wanted.set_uses_max(7);
  ASSERT_EQ(create(wanted), StatusCode::OK);
  const api::ExternalAccountKey& key = created_.key();
  EXPECT_EQ(key.directory(), "team");
  EXPECT_EQ(key.comment(), "team web");
  ASSERT_EQ(key.allowed_names_size(), 1);
  EXPECT_EQ(key.allowed_names(0), "**.corp.test");
  EXPECT_EQ(key.certificate_lifetime_max().seconds(), 48 * 3600);
  EXPECT_EQ(key.expire_time().seconds(), wanted.expire_time().seconds());
  EXPECT_EQ(key.uses_max(), 7u);
  EXPECT_EQ(key.create_time().seconds(), 1'800'000'000);
  EXPECT_FALSE(key.has_last_use_time());
  const auto stored = support::run_task(records_.external_account_key(key.id())).value().value;
  EXPECT_EQ(base::parse_base64url(created_.mac_key()).value(), stored.mac_key);
  EXPECT_EQ(get(key.id()).SerializeAsString(), key.SerializeAsString());
}

TEST_F(ExternalAccountServiceTest, WhatTheServerSetsIsNotTakenFromARequest) {
  api::ExternalAccountKey wanted;
  wanted.set_directory("team");
  wanted.set_id("mine");
  wanted.set_uses(5);
  wanted.set_disabled(true);
  wanted.mutable_create_time()->set_seconds(1);
  wanted.mutable_last_use_time()->set_seconds(1);
  ASSERT_EQ(create(wanted), StatusCode::OK);
  EXPECT_NE(created_.key().id(), "mine");
  EXPECT_EQ(created_.key().uses(), 0u);
  EXPECT_EQ(created_.key().uses_max(), 1u);
  EXPECT_FALSE(created_.key().disabled());
  EXPECT_EQ(created_.key().create_time().seconds(), 1'800'000'000);
  EXPECT_FALSE(created_.key().has_last_use_time());
}

TEST_F(ExternalAccountServiceTest, RefusesWhatIsNoKey) {
  api::ExternalAccountKey good;
  good.set_directory("team");
  const auto with = [&](const std::function<void(api::ExternalAccountKey&)>& change) {
    api::ExternalAccountKey key = good;
    change(key);
    return create(key);
  };
  EXPECT_EQ(with([](auto&) {}), StatusCode::OK);
  EXPECT_EQ(with([](auto& key) { key.set_directory(""); }), StatusCode::INVALID_ARGUMENT);  // there are two
  EXPECT_EQ(with([](auto& key) { key.set_directory("nowhere"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(with([](auto& key) { key.add_allowed_names("*"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(with([](auto& key) { key.set_uses_max(1'000'001); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(with([](auto& key) { key.mutable_expire_time()->set_seconds(1); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(with([](auto& key) { key.mutable_expire_time()->set_seconds(INT64_MAX); }),
            StatusCode::INVALID_ARGUMENT);
  for (const int64_t seconds : {INT64_MIN, int64_t(-1), int64_t(0), int64_t(7199), INT64_MAX}) {
    EXPECT_EQ(with([&](auto& key) { key.mutable_certificate_lifetime_max()->set_seconds(seconds); }),
              StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(with([](auto& key) {
              key.mutable_certificate_lifetime_max()->set_seconds(7200);
              key.mutable_certificate_lifetime_max()->set_nanos(1);
            }),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(ExternalAccountServiceTest, ListsInPages) {
  api::ExternalAccountKey wanted;
  wanted.set_directory("team");
  std::vector<std::string> made, listed;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(create(wanted), StatusCode::OK);
    made.push_back(created_.key().id());
    clock_.advance(std::chrono::milliseconds(1));
  }
  api::ListExternalAccountKeysRequest request;
  request.set_page_size(2);
  int pages = 0;
  do {
    api::ListExternalAccountKeysResponse page;
    ASSERT_TRUE(served_.call(&Stub::ListExternalAccountKeys, request, page).ok());
    for (const auto& key : page.keys())
      listed.push_back(key.id());
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, made);
  EXPECT_EQ(pages, 2);

  api::ListExternalAccountKeysResponse page;
  request.set_page_size(-1);
  EXPECT_EQ(served_.call(&Stub::ListExternalAccountKeys, request, page).error_code(),
            StatusCode::INVALID_ARGUMENT);
  request.set_page_size(0);
  request.set_page_token(std::string(65, 'x'));
  EXPECT_EQ(served_.call(&Stub::ListExternalAccountKeys, request, page).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(ExternalAccountServiceTest, APageOfLargeKeysEndsEarly) {
  api::ExternalAccountKey wanted;
  wanted.set_directory("team");
  const std::string label(60, 'a');
  for (size_t i = 0; i < kAllowedNamesMax; ++i)
    wanted.add_allowed_names(label + "." + label + "." + label + "." + label + ".test");
  ASSERT_EQ(create(wanted), StatusCode::OK);
  const size_t many = 2 * kPageOctetsMax / created_.key().ByteSizeLong();
  for (size_t i = 1; i < many; ++i) {
    clock_.advance(std::chrono::milliseconds(1));
    ASSERT_EQ(create(wanted), StatusCode::OK);
  }
  api::ListExternalAccountKeysRequest request;
  request.set_page_size(kPageSizeMax);
  size_t listed = 0;
  do {
    api::ListExternalAccountKeysResponse page;
    ASSERT_TRUE(served_.call(&Stub::ListExternalAccountKeys, request, page).ok());
    EXPECT_LE(page.ByteSizeLong(), kPageOctetsMax + kPageOctetsMax / 5);
    listed += size_t(page.keys_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, many);
}

TEST_F(ExternalAccountServiceTest, DisablesEnablesAndDeletes) {
  api::ExternalAccountKey wanted;
  wanted.set_directory("team");
  ASSERT_EQ(create(wanted), StatusCode::OK);
  const std::string id = created_.key().id();
  api::DisableExternalAccountKeyRequest disable;
  disable.set_id(id);
  api::DisableExternalAccountKeyResponse disabled;
  ASSERT_TRUE(served_.call(&Stub::DisableExternalAccountKey, disable, disabled).ok());
  EXPECT_TRUE(disabled.key().disabled());
  EXPECT_TRUE(get(id).disabled());
  api::EnableExternalAccountKeyRequest enable;
  enable.set_id(id);
  api::EnableExternalAccountKeyResponse enabled;
  ASSERT_TRUE(served_.call(&Stub::EnableExternalAccountKey, enable, enabled).ok());
  EXPECT_FALSE(enabled.key().disabled());
  EXPECT_FALSE(get(id).disabled());
  api::DeleteExternalAccountKeyRequest remove;
  remove.set_id(id);
  api::DeleteExternalAccountKeyResponse removed;
  ASSERT_TRUE(served_.call(&Stub::DeleteExternalAccountKey, remove, removed).ok());
  api::GetExternalAccountKeyRequest get;
  get.set_id(id);
  api::GetExternalAccountKeyResponse got;
  EXPECT_EQ(served_.call(&Stub::GetExternalAccountKey, get, got).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(served_.call(&Stub::DisableExternalAccountKey, disable, disabled).error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(served_.call(&Stub::EnableExternalAccountKey, enable, enabled).error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(served_.call(&Stub::DeleteExternalAccountKey, remove, removed).error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(ExternalAccountServiceTest, IsForThosePermittedAlone) {
  const auto codes = [this](const std::string& token) {
    std::set<StatusCode> codes;
    const auto note = [&](auto method, auto request, auto response) {
      codes.insert(served_.call(method, request, response, token).error_code());
    };
    note(&Stub::CreateExternalAccountKey, api::CreateExternalAccountKeyRequest(),
         api::CreateExternalAccountKeyResponse());
    note(&Stub::GetExternalAccountKey, api::GetExternalAccountKeyRequest(),
         api::GetExternalAccountKeyResponse());
    note(&Stub::ListExternalAccountKeys, api::ListExternalAccountKeysRequest(),
         api::ListExternalAccountKeysResponse());
    note(&Stub::DisableExternalAccountKey, api::DisableExternalAccountKeyRequest(),
         api::DisableExternalAccountKeyResponse());
    note(&Stub::EnableExternalAccountKey, api::EnableExternalAccountKeyRequest(),
         api::EnableExternalAccountKeyResponse());
    note(&Stub::DeleteExternalAccountKey, api::DeleteExternalAccountKeyRequest(),
         api::DeleteExternalAccountKeyResponse());
    return codes;
  };
  EXPECT_EQ(codes("other"), std::set{StatusCode::PERMISSION_DENIED});
  EXPECT_EQ(codes("nobody"), std::set{StatusCode::UNAUTHENTICATED});
}

}  // namespace
}  // namespace acmecore::rpc
