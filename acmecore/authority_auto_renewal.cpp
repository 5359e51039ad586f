#include <algorithm>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/auto_renewal_order.h"
#include "acmecore/optimism.h"
#include "base/log.h"

// Short-term certificates that renew themselves (STAR, RFC 8739).
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

Task<Result<OrderView>> Authority::cancel(Requester account, std::string id) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto order, co_await owned_order(account, id));
    if (!order->auto_renewal) {
      co_return fail(ErrorKind::malformed, "the order does not renew itself, so it cannot be canceled");
    }
    CO_TRY(const OrderView view, co_await view_of(order.value));
    if (view.status != OrderStatus::valid) {
      co_return fail(ErrorKind::auto_renewal_cancellation_invalid,
                     "the order is " + std::string(name_of(view.status)) + ", not valid");
    }
    const base::Time now = clock_.now();
    order->auto_renewal->canceled = now;
    order->expires = std::min(order->expires, now);
    Changes changes;
    changes.update(order);
    changes.use_reserve();
    changes.note(audit_event(audit_kind::kOrderCanceled, order.value, account.actor(), now));
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    base::log::info("acme.order.canceled", {{"order", id}, {"account", account.id}});
    co_return co_await view_of(std::move(order.value));
  }
  co_return too_many_at_once();
}

Task<Result<StarCertificate>> Authority::star_certificate(std::optional<std::string> account,
                                                          std::string order_id, size_t chain) {
  const auto none = fail(ErrorKind::not_found, "there is no such certificate");
  const auto found = co_await records_.order(std::move(order_id));
  if (!found && found.error().kind == ErrorKind::not_found) co_return none;
  if (!found) co_return tl::unexpected(found.error());
  const Order& order = found->value;
  if (!order.auto_renewal || !order.certificate) co_return none;
  if (account && *account != order.account) co_return none;
  if (!account && !order.auto_renewal->allow_certificate_get) {
    co_return fail(ErrorKind::unauthorized,
                   "this order did not ask for certificates that are open to GET (RFC 8739 §3.4)");
  }
  CO_CHECK(check_on_offer(order, clock_.now()));
  CO_CHECK(co_await check_goes_on(order));
  CO_TRY(auto record, co_await records_.certificate(*order.certificate));
  CO_TRY(const Certificate certificate, parse_certificate(record->der));
  StarCertificate star;
  star.validity = certificate.validity;
  star.next = std::min(order.auto_renewal->next_look, certificate.validity.not_after);
  star.time = clock_.now();
  CO_TRY(star.chain, chain_of(std::move(record.value), chain));
  co_return star;
}

// The pending operations of an account end with it (RFC 8555 §7.3.6).
Task<Result<void>> Authority::check_goes_on(const Order& order) {
  CO_TRY(const auto account, co_await records_.account(order.account));
  if (account->status == AccountStatus::valid) co_return Result<void>();
  co_return fail(ErrorKind::auto_renewal_canceled,
                 "the order's account is " + std::string(name_of(account->status)));
}

// Before a certificate of an order that renews itself is signed: its names are still proved, and its account is
// still good. Then the order says which of its certificates that is.
Task<Result<void>> Authority::prepare_auto_renewal(const Account& account, Order& order) {
  if (!order.auto_renewal) co_return Result<void>();
  const base::Time now = clock_.now();
  CO_CHECK(co_await check_goes_on(order));
  CO_TRY(const Authorizations authorizations, co_await authorizations_of(order));
  bool are_valid = authorizations.size() == order.authorizations.size();
  CO_TRY(const Profile* const profile, options_.profiles.choose(account, order.profile));
  base::Time proved_until = issuer_validity(account, *profile).not_after;
  for (const auto& authorization : authorizations) {
    are_valid = are_valid && status_of(authorization.value, now) == AuthorizationStatus::valid;
    proved_until = std::min(proved_until, authorization->expires);
  }
  if (!are_valid)
    co_return fail(ErrorKind::unauthorized, "an authorization of the order is not valid any more");
  if (!order.certificate) co_return begin(*order.auto_renewal, proved_until, now);
  const auto period = due_period(*order.auto_renewal, now);
  if (!period) co_return fail(ErrorKind::unauthorized, "no certificate of the order is due");
  order.auto_renewal->period = *period;
  co_return Result<void>();
}

// REQUIRES: renewal_look(order) has come; `hold` is on the order.
Task<Result<void>> Authority::renew(Hold hold, Stored<Order> order) {
  const base::Time now = clock_.now();
  order->intent->serial = new_serial();
  order->intent->begun = now;
  Changes changes;
  changes.update(order);
  AuditEvent event = audit_event(audit_kind::kOrderFinalized, order.value, {}, now);
  event.reason = "the next certificate of an order that renews itself is due (RFC 8739)";
  changes.note(event);
  const auto committed = co_await records_.commit(std::move(changes));
  if (is_conflict(committed)) co_return Result<void>();  // it was canceled
  if (!committed) co_return tl::unexpected(committed.error());
  order.revision = *committed;
  Task<void> issuance = issue(std::move(hold), std::move(order));
  co_await background_.run(std::move(issuance), std::chrono::milliseconds(0));
  co_return Result<void>();
}

}  // namespace acmecore
