#include "acmecore/rpc/external_account_service.h"

#include <utility>

#include "acmecore/rpc/external_account_messages.h"
#include "base/base64url.h"
#include "base/log.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;
using proto::Permission;

grpc::ServerUnaryReactor* ExternalAccountService::CreateExternalAccountKey(
    grpc::CallbackServerContext* context, const api::CreateExternalAccountKeyRequest* request,
    api::CreateExternalAccountKeyResponse* response) {
  return calls_.serve(*context, {Permission::external_accounts},
                      [=, this](Actor by) { return create(std::move(by), *request, *response); });
}

grpc::ServerUnaryReactor* ExternalAccountService::GetExternalAccountKey(
    grpc::CallbackServerContext* context, const api::GetExternalAccountKeyRequest* request,
    api::GetExternalAccountKeyResponse* response) {
  return calls_.serve(*context, {Permission::external_accounts},
                      [=, this](const Actor&) { return get(*request, *response); });
}

grpc::ServerUnaryReactor* ExternalAccountService::ListExternalAccountKeys(
    grpc::CallbackServerContext* context, const api::ListExternalAccountKeysRequest* request,
    api::ListExternalAccountKeysResponse* response) {
  return calls_.serve(*context, {Permission::external_accounts},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* ExternalAccountService::DisableExternalAccountKey(
    grpc::CallbackServerContext* context, const api::DisableExternalAccountKeyRequest* request,
    api::DisableExternalAccountKeyResponse* response) {
  return calls_.serve(*context, {Permission::external_accounts}, [=, this](Actor by) {
    return set_disabled(std::move(by), request->id(), /*disabled=*/true, *response->mutable_key());
  });
}

grpc::ServerUnaryReactor* ExternalAccountService::EnableExternalAccountKey(
    grpc::CallbackServerContext* context, const api::EnableExternalAccountKeyRequest* request,
    api::EnableExternalAccountKeyResponse* response) {
  return calls_.serve(*context, {Permission::external_accounts}, [=, this](Actor by) {
    return set_disabled(std::move(by), request->id(), /*disabled=*/false, *response->mutable_key());
  });
}

grpc::ServerUnaryReactor* ExternalAccountService::DeleteExternalAccountKey(
    grpc::CallbackServerContext* context, const api::DeleteExternalAccountKeyRequest* request,
    api::DeleteExternalAccountKeyResponse*) {
  return calls_.serve(*context, {Permission::external_accounts},
                      [=, this](Actor by) { return remove(std::move(by), request->id()); });
}

ExternalAccountService::Work ExternalAccountService::create(
    Actor by, const api::CreateExternalAccountKeyRequest& request,
    api::CreateExternalAccountKeyResponse& response) {
  CO_TRY(NewExternalAccountKey wanted, read_external_account_key(request.key()));
  CO_TRY(const ExternalAccountKey key, co_await keys_.create(std::move(wanted), by));
  *response.mutable_key() = message_of(key);
  response.set_mac_key(base::base64url(key.mac_key));
  base::log::info("acme.external_account_key.created",
                  {{"by", by.credential}, {"external_account_key", key.id}, {"directory", key.directory}});
  co_return Result<void>();
}

ExternalAccountService::Work ExternalAccountService::get(const api::GetExternalAccountKeyRequest& request,
                                                         api::GetExternalAccountKeyResponse& response) {
  CO_TRY(const ExternalAccountKey key, co_await keys_.get(request.id()));
  *response.mutable_key() = message_of(key);
  co_return Result<void>();
}

ExternalAccountService::Work ExternalAccountService::list(const api::ListExternalAccountKeysRequest& request,
                                                          api::ListExternalAccountKeysResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token()));
  CO_TRY(const auto page, co_await keys_.list(request.page_token(), page_size));
  const auto add = [&](const ExternalAccountKey& record) -> const api::ExternalAccountKey& {
    return *response.add_keys() = message_of(record);
  };
  response.set_next_page_token(fill_page(page, add));
  co_return Result<void>();
}

ExternalAccountService::Work ExternalAccountService::set_disabled(Actor by, std::string id, bool disabled,
                                                                  api::ExternalAccountKey& message) {
  CO_TRY(const ExternalAccountKey key, co_await keys_.set_disabled(std::move(id), disabled, by));
  message = message_of(key);
  base::log::info(disabled ? "acme.external_account_key.disabled" : "acme.external_account_key.enabled",
                  {{"by", by.credential}, {"external_account_key", key.id}});
  co_return Result<void>();
}

ExternalAccountService::Work ExternalAccountService::remove(Actor by, std::string id) {
  CO_CHECK(co_await keys_.remove(id, by));
  base::log::info("acme.external_account_key.deleted", {{"by", by.credential}, {"external_account_key", id}});
  co_return Result<void>();
}

}  // namespace acmecore::rpc
