#include <utility>

#include "acmecore/authority.h"
#include "acmecore/baseline_requirements.h"
#include "acmecore/optimism.h"
#include "base/log.h"
#include "base/random.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// RFC 8739 §3.1.1.
Result<AutoRenewal> accept_auto_renewal(const NewOrderRequest& request, const ValidityRule& rule,
                                        base::Time now) {
  if (!request.validity.empty()) {
    return fail(ErrorKind::malformed,
                "an order with \"auto-renewal\" has neither \"notBefore\" nor \"notAfter\"");
  }
  return acmecore::accept_auto_renewal(*request.auto_renewal, request.auto_renewal_rule, rule, now);
}

}  // namespace

Task<Result<OrderView>> Authority::try_to_order(Requester account, NewOrderRequest request) {
  CO_TRY(auto identifiers, parse_identifiers(request.identifiers));
  const Subscriber subscriber = subscriber_of(account);
  CO_CHECK(policy_.check_names(subscriber, identifiers));
  CO_CHECK(check_external_account(account, identifiers));
  for (const Identifier& identifier : identifiers) {
    if (!identifier.ancestor.empty()) CO_CHECK(policy_.check_ancestor(subscriber, identifier.ancestor));
  }
  CO_TRY(const Profile* const profile, options_.profiles.choose(account, request.profile));
  CO_CHECK(check_names(*profile, identifiers));
  CO_CHECK(check_issuer(account, *profile, identifiers));
  CO_CHECK(co_await pausing_.check(account.id, identifiers));
  const auto lifetime_max = certificate_lifetime_max(account);
  const ValidityRule rule = validity_rule(*profile, lifetime_max, clock_.now());
  if (!request.validity.empty()) {
    CO_CHECK(
        leaf_validity(clock_.now(), request.validity, rule, kBackdate, issuer_validity(account, *profile)));
  }
  std::optional<AutoRenewal> auto_renewal;
  if (request.auto_renewal) {
    CO_TRY(auto_renewal, accept_auto_renewal(request, rule, clock_.now()));
  }
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Order order;
    order.created = clock_.now();
    order.expires = order.created + options_.order_lifetime;
    order.id = base::time_ordered_id(order.created);
    order.account = account.id;
    order.identifiers = identifiers;
    order.validity = request.validity;
    order.replaces = request.replaces;
    order.certificate_lifetime_max = lifetime_max;
    order.profile = profile->name;
    order.auto_renewal = auto_renewal;
    Changes changes;
    if (!order.replaces.empty()) CO_CHECK(co_await mark_replaced(order, changes));
    CO_TRY(const bool all_valid,
           co_await add_authorizations(account, order, request.subdomain_authorization, changes));
    changes.create(order);
    changes.note(audit_event(audit_kind::kOrderCreated, order, account.actor(), order.created));
    if (account.unused) CO_CHECK(co_await keep(account.id, changes));
    CO_CHECK(co_await limits_.count_order(order, changes));
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    base::log::info("acme.order.created", {{"order", order.id},
                                           {"account", order.account},
                                           {"identifiers", order.identifiers.size()},
                                           {"first", order.identifiers[0].text()}});
    const OrderStatus status = all_valid ? OrderStatus::ready : OrderStatus::pending;
    const base::Time created = order.created;
    co_return OrderView{std::move(order), status, std::nullopt, created};
  }
  co_return too_many_at_once();
}

// Adds that the account has ordered, for which it stays.
Task<Result<void>> Authority::keep(std::string account, Changes& changes) {
  auto stored = co_await records_.account(std::move(account));
  if (!stored && stored.error().kind == ErrorKind::not_found) {
    co_return fail(ErrorKind::account_does_not_exist, "the account was removed, for it had never ordered");
  }
  if (!stored) co_return tl::unexpected(stored.error());
  if (!(*stored)->unused) co_return Result<void>();
  (*stored)->unused = false;
  changes.update(*stored);
  co_return Result<void>();
}

Task<Result<Page<std::string>>> Authority::orders(Account account, std::string after) {
  CO_TRY(auto ids, co_await records_.orders_of(account.id, std::move(after), kOrdersPageMax));
  Page<std::string> page;
  if (ids.size() == kOrdersPageMax) page.next = ids.back();
  for (std::string& id : ids) {
    auto viewed = co_await order(account, id);
    if (viewed && viewed->status != OrderStatus::invalid) page.found.push_back(std::move(id));
    if (!viewed && viewed.error().kind != ErrorKind::not_found) co_return tl::unexpected(viewed.error());
  }
  co_return page;
}

}  // namespace acmecore
