#include "acmecore/rpc/pause_service.h"

#include <algorithm>
#include <utility>

#include "acmecore/dns_name_syntax.h"
#include "base/log.h"
#include "proto/bridge.h"
#include "proto/status.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

constexpr int32_t kPageSizeDefault = 100;
constexpr int32_t kPageSizeMax = 1000;
constexpr int kNamesMax = 1000;

// Longer than any account's id. Keys are made of it.
constexpr size_t kAccountSizeMax = 64;
constexpr size_t kPageTokenMax = kAccountSizeMax + 1 + kDnsNameLengthMax;

Result<void> check_account(const std::string& account) {
  if (account.size() <= kAccountSizeMax) return {};
  return fail(ErrorKind::malformed, "account: it is no account's id");
}

Result<size_t> page_size_of(const api::ListPausedNamesRequest& request) {
  if (request.page_size() < 0) return fail(ErrorKind::malformed, "page_size: it is negative");
  if (request.page_token().size() > kPageTokenMax)
    return fail(ErrorKind::malformed, "page_token: it is not of this list");
  return size_t(request.page_size() == 0 ? kPageSizeDefault : std::min(request.page_size(), kPageSizeMax));
}

Result<std::vector<std::string>> names_of(const api::RemovePausesRequest& request) {
  CHECK(check_account(request.account()));
  if (request.account().empty()) return fail(ErrorKind::malformed, "account: whose pauses are to be removed");
  if (request.names_size() > kNamesMax)
    return fail(ErrorKind::malformed, "names: there are more than " + std::to_string(kNamesMax));
  for (const std::string& name : request.names())
    CHECK(check_dns_name(name));
  return std::vector<std::string>(request.names().begin(), request.names().end());
}

void write(const FailingName& failing, api::PausedName& message) {
  message.set_account(failing.account);
  message.set_name(failing.name);
  message.set_failures(failing.failures);
  *message.mutable_last_failure_time() = proto::to_timestamp(failing.last_failed);
  message.set_last_error(failing.last_error);
  *message.mutable_end_time() = proto::to_timestamp(failing.until);
}

Task<grpc::Status> status_of(Task<Result<void>> work) {
  const auto outcome = co_await std::move(work);
  co_return outcome ? grpc::Status::OK : proto::to_status(outcome.error());
}

}  // namespace

grpc::ServerUnaryReactor* PauseService::serve(grpc::CallbackServerContext& context,
                                              const std::function<Work(std::string by)>& method) {
  auto caller = callers_.authorize(proto::presented_by(context), proto::Permission::external_accounts);
  if (!caller) {
    grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
    reactor->Finish(caller.error());
    return reactor;
  }
  return proto::serve_unary(context, executor_, status_of(method(*std::move(caller))));
}

grpc::ServerUnaryReactor* PauseService::ListPausedNames(grpc::CallbackServerContext* context,
                                                        const api::ListPausedNamesRequest* request,
                                                        api::ListPausedNamesResponse* response) {
  return serve(*context, [=, this](const std::string&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* PauseService::RemovePauses(grpc::CallbackServerContext* context,
                                                     const api::RemovePausesRequest* request,
                                                     api::RemovePausesResponse* response) {
  return serve(*context, [=, this](std::string by) { return remove(std::move(by), *request, *response); });
}

PauseService::Work PauseService::list(const api::ListPausedNamesRequest& request,
                                      api::ListPausedNamesResponse& response) {
  CO_CHECK(check_account(request.account()));
  CO_TRY(const size_t page_size, page_size_of(request));
  CO_TRY(const auto page, co_await pausing_.paused(request.account(), request.page_token(), page_size));
  for (const FailingName& failing : page.names)
    write(failing, *response.add_names());
  response.set_next_page_token(page.next);
  co_return Result<void>();
}

PauseService::Work PauseService::remove(std::string by, const api::RemovePausesRequest& request,
                                        api::RemovePausesResponse& response) {
  CO_TRY(auto names, names_of(request));
  auto work = names.empty() ? pausing_.lift_all(request.account())
                            : pausing_.lift(request.account(), std::move(names));
  CO_TRY(const auto lifted, co_await std::move(work));
  if (lifted.empty()) {
    co_return fail(ErrorKind::not_found, request.names().empty()
                                             ? "nothing is paused for the account"
                                             : "none of the names is paused for the account");
  }
  for (const std::string& name : lifted)
    response.add_names(name);
  base::log::info("acme.pause.removed",
                  {{"by", by}, {"account", request.account()}, {"names", lifted.size()}});
  co_return Result<void>();
}

}  // namespace acmecore::rpc
