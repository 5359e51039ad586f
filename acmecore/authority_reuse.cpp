#include <algorithm>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/baseline_requirements.h"
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

Authorization Authority::pending_authorization(const Account& account, const Identifier& identifier) const {
  Authorization authorization;
  authorization.created = clock_.now();
  authorization.id = base::time_ordered_id(authorization.created);
  authorization.account = account.id;
  authorization.identifier = identifier;
  authorization.expires = authorization.created + options_.order_lifetime;
  for (const std::string& type : directory_of(account).challenges) {
    Challenge challenge;
    challenge.type = type;
    challenge.token = base::random_token();
    authorization.challenges.push_back(std::move(challenge));
  }
  return authorization;
}

Task<Result<AuthorizationView>> Authority::try_to_authorize(Requester account,
                                                            RequestedIdentifier requested) {
  CO_TRY(const auto identifiers, parse_identifiers({requested}));  // whose errors name the identifier
  const Identifier& identifier = identifiers[0];
  if (identifier.wildcard) {
    co_return fail(ErrorKind::malformed, in_quotes(requested.value) +
                                             " is a wildcard, which is authorized in an order alone "
                                             "(RFC 8555 §7.4.1)");
  }
  const Subscriber subscriber = subscriber_of(account);
  CO_CHECK(policy_.check_names(subscriber, identifiers));
  CO_CHECK(check_external_account(account, identifiers));
  if (requested.subdomains) CO_CHECK(policy_.check_ancestor(subscriber, identifier.name));
  CO_CHECK(co_await pausing_.check(account.id, identifiers));
  Authorization authorization = pending_authorization(account, identifier);
  authorization.subdomain_auth_allowed = requested.subdomains;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Changes changes;
    changes.create(authorization);
    changes.note(audit_event(audit_kind::kAuthorizationCreated, authorization, account.actor(),
                             authorization.created));
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
// are valid when `changes` is committed, and of a public profile not too old for it (BR 4.2.1). One can be for several
// identifiers (RFC 9444). True: all are valid.
Task<Result<bool>> Authority::add_authorizations(const Account& account, Order& order,
                                                 bool subdomain_authorization, Changes& changes) {
  CO_TRY(const Profile* const profile, options_.profiles.choose(account, order.profile));
  const bool is_private = profile->content.rules == ProfileRules::private_trust;
  const auto proof_age_max = is_private ? options_.authorization_reuse : proof_age_limit(order.created);
  bool all_valid = true;
  std::vector<Authorization> added;  // for ancestors
  const auto add = [&order](const std::string& id) {
    if (std::ranges::count(order.authorizations, id) > 0) return false;
    order.authorizations.push_back(id);
    return true;
  };
  for (const Identifier& identifier : order.identifiers) {
    CO_TRY(auto reusable, co_await reusable_authorization(order.account, identifier));
    if (!reusable && subdomain_authorization) {
      CO_TRY(reusable, co_await reusable_authorization_above(order.account, identifier));
    }
    if (reusable && may_be_reused(reusable->value, proof_age_max, order.created)) {
      if (add((*reusable)->id)) changes.expect(*reusable);
      order.expires = std::min(order.expires, (*reusable)->expires);
      continue;
    }
    all_valid = false;
    const bool is_covered = std::ranges::any_of(added, [&](const Authorization& authorization) {
      return authorization.identifier.name == identifier.ancestor;
    });
    if (is_covered) continue;
    Authorization authorization = pending_authorization(account, identifier);
    authorization.for_renewal = order.renews_when_suggested;
    if (!identifier.ancestor.empty()) {
      authorization.identifier = {identifier.ancestor, false};
      authorization.subdomain_auth_allowed = true;
      added.push_back(authorization);
    }
    changes.create(authorization);
    add(authorization.id);
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
