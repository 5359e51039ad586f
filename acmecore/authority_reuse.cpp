#include <algorithm>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/optimism.h"
#include "base/log.h"
#include "base/random.h"

// Authorizations before an order (RFC 8555 §7.4.1), and those that serve more than one.
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// Authorizations of one name that are listed together.
constexpr size_t kProvedPage = 100;

}  // namespace

Authorization Authority::pending_authorization(const std::string& account,
                                               const Identifier& identifier) const {
  Challenge challenge;
  challenge.type = kDns01;
  challenge.token = base::random_token();
  Authorization authorization;
  authorization.created = clock_.now();
  authorization.id = base::time_ordered_id(authorization.created);
  authorization.account = account;
  authorization.identifier = identifier;
  authorization.expires = authorization.created + options_.order_lifetime;
  authorization.challenges.push_back(std::move(challenge));
  return authorization;
}

Task<Result<AuthorizationView>> Authority::new_authorization(Account account, RequestedIdentifier requested) {
  CO_TRY(const Identifier identifier, parse_identifier(requested));
  if (identifier.wildcard) {
    co_return fail(ErrorKind::malformed, in_quotes(requested.value) +
                                             " is a wildcard, which is authorized in an order alone "
                                             "(RFC 8555 §7.4.1)");
  }
  CO_CHECK(policy_.check_names(subscriber_of(account), {identifier}));
  CO_CHECK(check_external_account(account, {identifier}));
  std::vector<Identifier> identifiers = {identifier};
  CO_CHECK(co_await pausing_.check(account.id, std::move(identifiers)));
  Authorization authorization = pending_authorization(account.id, identifier);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Changes changes;
    changes.create(authorization);
    if (account.unused) CO_CHECK(co_await keep(account.id, changes));
    CO_CHECK(co_await limits_.count_authorization(account.id, identifier, changes));
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    base::log::info("acme.authorization.created", {{"authorization_id", authorization.id},
                                                   {"account", authorization.account},
                                                   {"identifier", identifier.text()}});
    co_return view_of(std::move(authorization));
  }
  co_return too_many_at_once();
}

// Adds the authorizations that the order needs: new ones, and where the rule lets it those that are there, which
// are valid when `changes` is committed. True: all are valid.
Task<Result<bool>> Authority::add_authorizations(Order& order, Changes& changes) {
  bool all_valid = true;
  for (const Identifier& identifier : order.identifiers) {
    CO_TRY(const auto reusable, co_await reusable_authorization(order.account, identifier));
    if (reusable) {
      changes.expect(*reusable);
      order.authorizations.push_back((*reusable)->id);
      order.expires = std::min(order.expires, (*reusable)->expires);
      continue;
    }
    all_valid = false;
    const Authorization authorization = pending_authorization(order.account, identifier);
    changes.create(authorization);
    order.authorizations.push_back(authorization.id);
  }
  co_return all_valid;
}

// The newest of the account's valid authorizations of this identifier that was proved within the rule's time and
// leaves an order time enough.
Task<Result<std::optional<Stored<Authorization>>>> Authority::reusable_authorization(std::string account,
                                                                                     Identifier identifier) {
  if (options_.authorization_reuse == std::chrono::seconds(0)) co_return std::nullopt;
  CO_TRY(auto ids, co_await proved_authorizations(account, identifier.text()));
  const base::Time now = clock_.now();
  for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
    auto found = co_await records_.authorization(*id);
    if (!found && found.error().kind == ErrorKind::not_found) continue;  // removed since
    if (!found) co_return tl::unexpected(found.error());
    if (may_be_reused(found->value, options_.authorization_reuse, now)) co_return *std::move(found);
  }
  co_return std::nullopt;
}

// Ids, oldest first; of those that have expired some were not removed yet.
Task<Result<std::vector<std::string>>> Authority::proved_authorizations(std::string account,
                                                                        std::string identifier) {
  std::vector<std::string> all;
  for (std::string after;;) {
    CO_TRY(const auto page, co_await records_.proved_authorizations(account, identifier, after, kProvedPage));
    all.insert(all.end(), page.begin(), page.end());
    if (page.size() < kProvedPage) co_return all;
    after = page.back();
  }
}

}  // namespace acmecore
