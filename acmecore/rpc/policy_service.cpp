#include "acmecore/rpc/policy_service.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/identifier.h"
#include "acmecore/policy.h"

namespace acmecore::rpc {

using assay::v1::TestPolicyRequest;
using assay::v1::TestPolicyResponse;
using base::Error;
using base::ErrorKind;
using base::fail;
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
  return fail(ErrorKind::malformed,
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

// Each once. Those that no order can have are refused, together with those that the policy refuses.
std::vector<Identifier> names_of(const TestPolicyRequest& request, TestPolicyResponse& response) {
  std::vector<Identifier> names;
  for (const std::string& text : request.names()) {
    const auto parsed = parse_identifier({"dns", text});
    if (!parsed) {
      add(response, parsed.error().kind, parsed.error().detail, text);
    } else if (std::ranges::count(names, *parsed) == 0) {
      names.push_back(*parsed);
    }
  }
  return names;
}

}  // namespace

grpc::ServerUnaryReactor* PolicyService::Test(grpc::CallbackServerContext* context,
                                              const TestPolicyRequest* request,
                                              TestPolicyResponse* response) {
  return calls_.serve(*context, {proto::Permission::certificates},
                      [=, this](const Actor&) { return test(*request, *response); });
}

OperatorCalls::Work PolicyService::test(const TestPolicyRequest& request, TestPolicyResponse& response) {
  if (request.names().empty()) co_return fail(ErrorKind::malformed, "there are no names to test");
  CO_TRY(const auto key, key_type(request.key_type()));
  CO_TRY(const auto account, co_await account_for(request, response));
  const auto names = names_of(request, response);
  const Subscriber subscriber = account ? subscriber_of(*account) : Subscriber();
  const Profiles& profiles = authority_.profiles();
  const auto profile =
      account ? profiles.choose(*account, request.profile()) : profiles.choose(request.profile());
  add(response, authority_.policy().check_names(subscriber, names));
  if (account) add(response, check_external_account(*account, names));
  if (key) add(response, authority_.policy().check_key(subscriber, *key));
  add(response, profile ? check_names(**profile, names) : tl::unexpected(profile.error()));
  if (profile) add(response, authority_.check_issuer(account.value_or(Account()), **profile, names));
  if (key && profile) add(response, check_key(**profile, *key));
  response.set_would_be_issued(response.refusals().empty());
  response.set_needs_approval(authority_.policy().needs_approval(subscriber, names));
  co_return Result<void>();
}

// For whom the certificate would be: an account that there is, or one that would be made now. Why it would not be made,
// or may not order, is a refusal. Nothing: one that no rule is about.
Task<Result<std::optional<Account>>> PolicyService::account_for(const TestPolicyRequest& request,
                                                                TestPolicyResponse& response) {
  const bool would_be_made = !request.external_account().empty() || !request.directory().empty();
  if (!request.account().empty()) {
    if (would_be_made) {
      co_return fail(ErrorKind::malformed,
                     "account: it has its own directory and external account key; no others can be given");
    }
    CO_TRY(Account account, co_await authority_.account(request.account()));
    add(response, check_valid(account));
    co_return std::move(account);
  }
  if (!would_be_made) co_return std::nullopt;
  Account account;
  account.directory = request.directory();
  if (!request.external_account().empty()) {
    CO_TRY(const ExternalAccountKey key, co_await keys_.get(request.external_account()));
    if (account.directory.empty()) account.directory = key.directory;
    account.external_account = ExternalAccount{key.id, "", key.restriction};
    add(response, check_usable(key, account.directory, clock_.now()));
  }
  if (std::ranges::count(directories_, account.directory) == 0) {
    co_return fail(ErrorKind::not_found, "there is no ACME directory " + in_quotes(account.directory));
  }
  co_return std::move(account);
}

}  // namespace acmecore::rpc
