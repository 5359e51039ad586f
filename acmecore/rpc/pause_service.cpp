#include "acmecore/rpc/pause_service.h"

#include <string_view>
#include <utility>
#include <vector>

#include "acmecore/dns_name_syntax.h"
#include "base/log.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;
using proto::Permission;

namespace {

constexpr int kNamesMax = 1000;
constexpr std::string_view kWildcard = "*.";

// Longer than any account's id. Keys are made of it.
constexpr size_t kAccountSizeMax = 64;

// A page token here is an account and a name.
constexpr size_t kPausedNameMax = kAccountSizeMax + 1 + kDnsNameLengthMax;

Result<void> check_account(const std::string& account) {
  if (account.size() <= kAccountSizeMax) return {};
  return fail(ErrorKind::malformed, "account: it is no account's id");
}

// Without "*.": a wildcard is paused as its base name.
Result<std::vector<std::string>> names_of(const api::RemovePausesRequest& request) {
  CHECK(check_account(request.account()));
  if (request.account().empty()) return fail(ErrorKind::malformed, "account: whose pauses are to be removed");
  if (request.names_size() > kNamesMax)
    return fail(ErrorKind::malformed, "names: there are more than " + std::to_string(kNamesMax));
  std::vector<std::string> names;
  for (const std::string& name : request.names()) {
    CHECK(check_dns_name(name));
    names.push_back(name.starts_with(kWildcard) ? name.substr(kWildcard.size()) : name);
  }
  return names;
}

void write(const FailingName& failing, api::PausedName& message) {
  message.set_account(failing.account);
  message.set_name(failing.name);
  message.set_failures(failing.failures);
  *message.mutable_last_failure_time() = proto::to_timestamp(failing.last_failed);
  message.set_last_error(failing.last_error);
  *message.mutable_end_time() = proto::to_timestamp(failing.until);
}

}  // namespace

grpc::ServerUnaryReactor* PauseService::ListPausedNames(grpc::CallbackServerContext* context,
                                                        const api::ListPausedNamesRequest* request,
                                                        api::ListPausedNamesResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* PauseService::RemovePauses(grpc::CallbackServerContext* context,
                                                     const api::RemovePausesRequest* request,
                                                     api::RemovePausesResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](Actor by) { return remove(std::move(by), *request, *response); });
}

PauseService::Work PauseService::list(const api::ListPausedNamesRequest& request,
                                      api::ListPausedNamesResponse& response) {
  CO_CHECK(check_account(request.account()));
  CO_TRY(const size_t page_size,
         checked_page_size(request.page_size(), request.page_token(), kPausedNameMax));
  CO_TRY(const auto page, co_await pausing_.paused(request.account(), request.page_token(), page_size));
  for (const FailingName& failing : page.found)
    write(failing, *response.add_names());
  response.set_next_page_token(page.next);
  co_return Result<void>();
}

PauseService::Work PauseService::remove(Actor by, const api::RemovePausesRequest& request,
                                        api::RemovePausesResponse& response) {
  CO_TRY(auto names, names_of(request));
  auto work = names.empty() ? pausing_.lift_all(request.account(), by)
                            : pausing_.lift(request.account(), std::move(names), by);
  CO_TRY(const auto lifted, co_await std::move(work));
  if (lifted.empty()) {
    co_return fail(ErrorKind::not_found, request.names().empty()
                                             ? "nothing is paused for the account"
                                             : "none of the names is paused for the account");
  }
  for (const std::string& name : lifted)
    response.add_names(name);
  base::log::info("acme.pause.removed",
                  {{"by", by.credential}, {"account", request.account()}, {"names", lifted.size()}});
  co_return Result<void>();
}

}  // namespace acmecore::rpc
