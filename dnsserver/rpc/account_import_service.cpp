#include "dnsserver/rpc/account_import_service.h"

#include "base/log.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/rpc/serve.h"

namespace dnsserver::rpc {

namespace {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;

// google/protobuf/timestamp.proto: the end of the year 9999.
constexpr int64_t kTimestampSecondsMax = 253'402'300'799;

Result<ForeignAccount> read_account(const api::ForeignAccount& message) {
  ForeignAccount account;
  account.user_name = message.user_name();
  account.password_hash = message.password_hash();
  TRY(account.name, parse_name("name", message.name()));
  for (const std::string& text : message.sources()) {
    TRY(account.sources.emplace_back(), base::IpNetwork::parse(text));
  }
  for (const api::ForeignValue& value : message.values()) {
    const int64_t expires_s = value.expire_time().seconds();
    if (expires_s < 0 || expires_s > kTimestampSecondsMax)
      return fail(ErrorKind::malformed, "expire_time: it is none");
    account.values.push_back({value.value(), Time(std::chrono::seconds(expires_s))});
  }
  return account;
}

}  // namespace

grpc::ServerUnaryReactor* AccountImportService::ImportAccounts(grpc::CallbackServerContext* context,
                                                               const api::ImportAccountsRequest* request,
                                                               api::ImportAccountsResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(import_accounts(std::move(by), *request, *response), grpc::StatusCode::ABORTED);
  };
  return serve(*context, callers_, proto::Permission::credentials, executor_, method);
}

Task<Result<void>> AccountImportService::import_accounts(Administrator by,
                                                         const api::ImportAccountsRequest& request,
                                                         api::ImportAccountsResponse& response) {
  if (request.accounts_size() > kAccountsPerCallMax) {
    co_return fail(ErrorKind::malformed, "accounts: a call takes at most 1000");
  }
  size_t taken = 0;
  for (const api::ForeignAccount& message : request.accounts()) {
    const auto imported = co_await import_one(message, request.dry_run(), by);
    api::AccountOutcome& outcome = *response.add_outcomes();
    if (!imported) {
      // What is wrong with the server is no account's fault.
      const ErrorKind kind = imported.error().kind;
      if (kind == ErrorKind::internal || kind == ErrorKind::unavailable)
        co_return tl::unexpected(imported.error());
      outcome.set_outcome(api::AccountOutcome::REFUSED);
      outcome.set_reason(imported.error().detail);
      continue;
    }
    if (imported->is_new) ++taken;
    outcome.set_outcome(imported->is_new ? api::AccountOutcome::TAKEN : api::AccountOutcome::KNOWN);
    outcome.set_value_count(uint32_t(imported->value_count));
  }
  if (taken > 0 && !request.dry_run()) {
    base::log::info("dns.accounts.imported", {{"credential", by.credential}, {"count", taken}});
  }
  co_return Result<void>();
}

Task<Result<AccountImported>> AccountImportService::import_one(const api::ForeignAccount& message,
                                                               bool dry_run, Administrator by) {
  CO_TRY(ForeignAccount account, read_account(message));
  co_return co_await import_account(credentials_, publishing_, clock_, std::move(account), dry_run,
                                    std::move(by));
}

}  // namespace dnsserver::rpc
