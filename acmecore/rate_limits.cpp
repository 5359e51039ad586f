#include "acmecore/rate_limits.h"

#include <algorithm>
#include <set>

#include "acmecore/dns_name_syntax.h"
#include "base/ip_network.h"
#include "base/log.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::Task;
using std::chrono::seconds;

namespace {

// The first octet of a record's key: which limit it is about (docs/storage-format.md).
constexpr char kAccountsOfAddress = 'a';
constexpr char kOrdersOfAccount = 'o';
constexpr char kChangesOfAccount = 'c';
constexpr char kCertificatesOfDomain = 'd';
constexpr char kCertificatesOfNames = 'n';
constexpr char kFailuresOfName = 'f';

// One subscriber's: an IPv4 address, or the network of 64 bits that an IPv6 address is in. Text that is no address
// stands for itself.
std::string client_of(const std::string& address) {
  const auto parsed = base::IpAddress::parse(address);
  if (!parsed) return address;
  if (parsed->is_v4()) return parsed->text();
  return base::IpNetwork::parse(parsed->text() + "/64").value().text();
}

Bytes digest_of_names(const Order& order) {
  std::set<std::string> names;
  for (const Identifier& identifier : order.identifiers)
    names.insert(identifier.text());
  Bytes text;
  for (const std::string& name : names)
    text += name + '\n';
  return base::sha256(text);
}

Error no_room(const std::string& what, const Rate& rate, base::Time from, base::Time now) {
  const auto wait = std::chrono::ceil<seconds>(from - now);
  Error error{ErrorKind::rate_limited, {}, {}, wait};
  error.detail = "there are too many " + what + ": the limit is " + rate.text() + "; the next may come at " +
                 base::rfc3339(std::chrono::ceil<seconds>(from));
  return error;
}

}  // namespace

Task<Result<void>> RateLimits::count_account(std::string address, Changes& changes) {
  if (address.empty()) co_return Result<void>();
  const std::string client = client_of(address);
  Question question{rules_.new_accounts_per_address, kAccountsOfAddress + client,
                    "new accounts from " + client};
  co_return co_await count(std::move(question), changes);
}

Task<Result<void>> RateLimits::count_order(const Order& order, Changes& changes) {
  if (order.renews_when_suggested) co_return Result<void>();
  const auto proved = to_prove(order.identifiers);
  for (const Identifier& identifier : proved)
    CO_CHECK(co_await check_failures(order.account, identifier));
  const auto questions = certificate_questions(order);
  for (const Question& question : questions)
    CO_CHECK(co_await room(question));
  Question question = order_question(order.account);
  co_return co_await count(std::move(question), changes);
}

Task<Result<void>> RateLimits::count_authorization(std::string account, Identifier identifier,
                                                   Changes& changes) {
  CO_CHECK(co_await check_failures(account, std::move(identifier)));
  Question question = order_question(account);
  co_return co_await count(std::move(question), changes);
}

Task<Result<void>> RateLimits::count_account_change(std::string account, Changes& changes) {
  Question question{rules_.account_changes, kChangesOfAccount + account, "changes of this account"};
  co_return co_await count(std::move(question), changes);
}

Task<Result<void>> RateLimits::count_certificate(const Order& order, Changes& changes) {
  if (order.renews_when_suggested) co_return Result<void>();
  auto questions = certificate_questions(order);
  for (Question& question : questions)
    CO_CHECK(co_await count(std::move(question), changes));
  co_return Result<void>();
}

Task<Result<void>> RateLimits::check_failures(std::string account, Identifier identifier) {
  const Question question = failure_question(account, identifier);
  CO_CHECK(co_await room(question));
  co_return Result<void>();
}

Task<Result<void>> RateLimits::count_failure(std::string account, Identifier identifier, Changes& changes) {
  const Question question = failure_question(account, identifier);
  if (question.rate.is_off()) co_return Result<void>();
  CO_TRY(auto regained, co_await records_.regained_at(question.key));
  regained.value = with_one_more(question.rate, regained.value, clock_.now());
  changes.update(question.key, regained);
  co_return Result<void>();
}

std::vector<RateLimits::Question> RateLimits::certificate_questions(const Order& order) const {
  std::vector<Question> questions;
  if (!rules_.certificates_per_domain.is_off()) {
    std::set<std::string> domains;
    for (const Identifier& identifier : order.identifiers)
      domains.insert(suffixes_.registered_domain(identifier.name));
    for (const std::string& domain : domains) {
      questions.push_back({rules_.certificates_per_domain, kCertificatesOfDomain + domain,
                           "certificates for names at and below " + in_quotes(domain)});
    }
  }
  if (!rules_.certificates_per_names.is_off()) {
    questions.push_back({rules_.certificates_per_names, kCertificatesOfNames + digest_of_names(order),
                         "certificates for exactly these names"});
  }
  return questions;
}

RateLimits::Question RateLimits::order_question(const std::string& account) const {
  return {rules_.new_orders_per_account, kOrdersOfAccount + account, "new orders of this account"};
}

RateLimits::Question RateLimits::failure_question(const std::string& account,
                                                  const Identifier& identifier) const {
  return {rules_.failed_validations, kFailuresOfName + account + identifier.name,
          "failed validations of " + in_quotes(identifier.name) + " by this account"};
}

Task<Result<Stored<RegainedAt>>> RateLimits::room(const Question& question) const {
  if (question.rate.is_off()) co_return Stored<RegainedAt>{};
  CO_TRY(const auto regained, co_await records_.regained_at(question.key));
  const base::Time now = clock_.now();
  const base::Time from = room_from(question.rate, regained.value, now);
  if (from > now) {
    base::log::info("acme.limit.reached", {{"limit", question.what}, {"rate", question.rate.text()}});
    co_return tl::unexpected(no_room(question.what, question.rate, from, now));
  }
  co_return regained;
}

Task<Result<void>> RateLimits::count(Question question, Changes& changes) {
  if (question.rate.is_off()) co_return Result<void>();
  CO_TRY(auto regained, co_await room(question));
  regained.value = with_one_more(question.rate, regained.value, clock_.now());
  changes.update(question.key, regained);
  co_return Result<void>();
}

}  // namespace acmecore
