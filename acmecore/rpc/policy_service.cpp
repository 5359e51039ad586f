#include "acmecore/rpc/policy_service.h"

#include <array>
#include <optional>
#include <utility>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/identifier.h"
#include "acmecore/policy.h"
#include "proto/status.h"

namespace acmecore::rpc {

using assay::v1::TestPolicyRequest;
using assay::v1::TestPolicyResponse;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::Task;

namespace {

constexpr std::array<std::pair<std::string_view, KeyType>, 4> kKeyTypes{
    {{"rsa", KeyType::rsa}, {"p256", KeyType::p256}, {"p384", KeyType::p384}, {"p521", KeyType::p521}}};

// Nothing: none was given.
Result<std::optional<KeyType>> key_type(const std::string& text) {
  if (text.empty()) return std::nullopt;
  for (const auto& [name, type] : kKeyTypes) {
    if (name == text) return type;
  }
  return base::fail(ErrorKind::malformed,
                    "there is no key type " + in_quotes(text) + ": it is rsa, p256, p384 or p521");
}

void add(TestPolicyResponse& response, ErrorKind kind, const std::string& detail, const std::string& name) {
  auto& refusal = *response.add_refusals();
  refusal.set_name(name);
  refusal.set_type(base::problem_type(kind));
  refusal.set_detail(detail);
}

void add(TestPolicyResponse& response, const Result<void>& ruling) {
  if (ruling) return;
  const Error& error = ruling.error();
  for (const base::Suberror& suberror : error.suberrors)
    add(response, suberror.kind, suberror.detail, suberror.identifier);
  if (error.suberrors.empty()) add(response, error.kind, error.detail, "");
}

}  // namespace

PolicyService::PolicyService(Authority& authority, const proto::Callers& callers,
                             boost::asio::any_io_executor executor)
    : authority_(authority), callers_(callers), executor_(std::move(executor)) {}

grpc::ServerUnaryReactor* PolicyService::Test(grpc::CallbackServerContext* context,
                                              const TestPolicyRequest* request,
                                              TestPolicyResponse* response) {
  return proto::serve_unary(*context, executor_, test(proto::presented_by(*context), *request, *response));
}

Task<grpc::Status> PolicyService::test(proto::Presented presented, const TestPolicyRequest& request,
                                       TestPolicyResponse& response) {
  const auto caller = callers_.authorize(presented, proto::Permission::certificates);
  if (!caller) co_return caller.error();
  const auto answered = co_await answer(request, response);
  co_return answered ? grpc::Status::OK : proto::to_status(answered.error());
}

// Names that no order can have are told together with those that the policy refuses.
Task<Result<void>> PolicyService::answer(const TestPolicyRequest& request, TestPolicyResponse& response) {
  if (request.names().empty()) co_return base::fail(ErrorKind::malformed, "there are no names to test");
  CO_TRY(const auto key, key_type(request.key_type()));
  Subscriber subscriber;
  auto profile = authority_.profiles().choose(request.profile());
  if (!request.directory().empty()) {
    Account unknown;
    unknown.directory = request.directory();
    subscriber = subscriber_of(unknown);
    profile = authority_.profiles().choose(unknown, request.profile());
  }
  if (!request.account().empty()) {
    CO_TRY(const Account account, co_await authority_.account(request.account()));
    subscriber = subscriber_of(account);
    profile = authority_.profiles().choose(account, request.profile());
    if (account.status != AccountStatus::valid) {
      add(response, ErrorKind::unauthorized, "the account is " + std::string(name_of(account.status)), "");
    }
  }
  if (!request.external_account().empty()) subscriber.external_account = request.external_account();
  std::vector<Identifier> names;
  for (const std::string& text : request.names()) {
    const auto parsed = parse_identifier({"dns", text});
    if (parsed) {
      names.push_back(*parsed);
    } else {
      add(response, parsed.error().kind, parsed.error().detail, text);
    }
  }
  add(response, authority_.policy().check_names(subscriber, names));
  if (key) add(response, authority_.policy().check_key(*key));
  add(response, profile ? check_names(**profile, names) : tl::unexpected(profile.error()));
  if (key && profile) add(response, check_key(**profile, *key));
  response.set_would_be_issued(response.refusals().empty());
  response.set_needs_approval(authority_.policy().needs_approval(subscriber, names));
  co_return Result<void>();
}

}  // namespace acmecore::rpc
