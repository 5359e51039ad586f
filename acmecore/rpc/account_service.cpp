#include "acmecore/rpc/account_service.h"

#include <optional>
#include <utility>
#include <vector>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/rpc/administration_messages.h"
#include "base/log.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::Result;
using proto::Permission;

namespace {

// Nothing: any.
Result<std::optional<AccountStatus>> account_status(const std::string& text) {
  if (text.empty()) return std::nullopt;
  for (const AccountStatus status :
       {AccountStatus::valid, AccountStatus::deactivated, AccountStatus::revoked}) {
    if (name_of(status) == text) return status;
  }
  return base::fail(ErrorKind::malformed,
                    "an account is valid, deactivated or revoked, never " + in_quotes(text));
}

}  // namespace

grpc::ServerUnaryReactor* AccountService::ListAccounts(grpc::CallbackServerContext* context,
                                                       const api::ListAccountsRequest* request,
                                                       api::ListAccountsResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* AccountService::GetAccount(grpc::CallbackServerContext* context,
                                                     const api::GetAccountRequest* request,
                                                     api::GetAccountResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return get(*request, *response); });
}

grpc::ServerUnaryReactor* AccountService::DisableAccount(grpc::CallbackServerContext* context,
                                                         const api::DisableAccountRequest* request,
                                                         api::DisableAccountResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](Actor by) { return disable(std::move(by), *request, *response); });
}

grpc::ServerUnaryReactor* AccountService::SetAccountContacts(grpc::CallbackServerContext* context,
                                                             const api::SetAccountContactsRequest* request,
                                                             api::SetAccountContactsResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](Actor by) { return set_contacts(std::move(by), *request, *response); });
}

AccountService::Work AccountService::list(const api::ListAccountsRequest& request,
                                          api::ListAccountsResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token()));
  AccountFilter filter;
  CO_TRY(filter.status, account_status(request.status()));
  filter.directory = request.directory();
  CO_TRY(const auto page, co_await administration_.accounts(filter, request.page_token(), page_size));
  const auto add = [&](const Account& record) -> const api::Account& {
    return *response.add_accounts() = message_of(record);
  };
  response.set_next_page_token(fill_page(page, add));
  co_return Result<void>();
}

AccountService::Work AccountService::get(const api::GetAccountRequest& request,
                                         api::GetAccountResponse& response) {
  CO_TRY(const Account account, co_await administration_.account(request.id()));
  *response.mutable_account() = message_of(account);
  co_return Result<void>();
}

AccountService::Work AccountService::disable(Actor by, const api::DisableAccountRequest& request,
                                             api::DisableAccountResponse& response) {
  CO_TRY(const Account account, co_await administration_.disable_account(request.id(), by));
  *response.mutable_account() = message_of(account);
  base::log::info("acme.account.disabled", {{"by", by.credential}, {"account", account.id}});
  co_return Result<void>();
}

AccountService::Work AccountService::set_contacts(Actor by, const api::SetAccountContactsRequest& request,
                                                  api::SetAccountContactsResponse& response) {
  std::vector<std::string> contacts(request.contacts().begin(), request.contacts().end());
  CO_TRY(const Account account, co_await administration_.set_contacts(request.id(), std::move(contacts), by));
  *response.mutable_account() = message_of(account);
  base::log::info("acme.account.contacts_set", {{"by", by.credential}, {"account", account.id}});
  co_return Result<void>();
}

}  // namespace acmecore::rpc
