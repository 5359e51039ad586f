#include <algorithm>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/optimism.h"
#include "acmecore/waiting_orders.h"
#include "base/log.h"
#include "base/openssl.h"

// Orders that wait for a person between finalize and the signature.
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

tl::unexpected<base::Error> waits_for_nobody(const std::string& why) {
  return fail(ErrorKind::order_not_ready, "the order waits for no approval: " + why);
}

// order_not_ready: nobody was asked, or somebody has decided, or it is invalid by now.
Result<void> check_waiting(const OrderView& view) {
  const auto& approval = view.order.approval;
  if (!approval) return waits_for_nobody("it is " + std::string(name_of(view.status)) + " and needs none");
  if (approval->decided) {
    return waits_for_nobody("it was " + std::string(view.order.intent ? "approved" : "rejected") + " by " +
                            approval->by + " at " + base::rfc3339(*approval->decided));
  }
  if (view.status == OrderStatus::processing) return {};
  return waits_for_nobody("it is " + std::string(name_of(view.status)) +
                          (view.error ? ", because " + view.error->detail : ""));
}

}  // namespace

// What finalize commits: what is about to be signed; or, where a person is to be asked, what would be signed then.
void Authority::accept(Order& order, const Account& account, const Csr& csr) const {
  const base::Time now = clock_.now();
  if (policy_.needs_approval(subscriber_of(account), order.identifiers)) {
    const base::Time until = std::min(now + options_.approval_timeout, order.expires);
    order.approval = Approval{csr.digest, csr.spki_der, now, until, std::nullopt, ""};
  } else {
    order.intent = Intent{new_serial(), csr.digest, csr.spki_der, now};
  }
}

void Authority::log_waiting(const Order& order) {
  base::log::info("acme.order.waiting", {{"order", order.id},
                                         {"account", order.account},
                                         {"identifiers", order.identifiers.size()},
                                         {"first", order.identifiers[0].text()},
                                         {"until", base::rfc3339(order.approval->until)}});
}

Task<Result<OrderView>> Authority::approve(std::string id, Actor by, std::chrono::milliseconds patience) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto order, co_await records_.order(id));
    CO_TRY(const OrderView view, co_await view_of(order.value));
    CO_CHECK(check_waiting(view));
    Changes changes;
    CO_CHECK(co_await expect_still_certifiable(order.value, changes));
    CO_CHECK(co_await limits_.count_certificate(order.value, changes));

    // As in finalize: what is about to be signed is durable before it is signed.
    Approval& approval = *order->approval;
    approval.decided = clock_.now();
    approval.by = by.credential;
    order->intent = Intent{new_serial(), approval.csr_digest, approval.spki_der, *approval.decided};
    changes.update(order);
    changes.note(audit_event(audit_kind::kOrderApproved, order.value, by, *approval.decided));
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    order.revision = *committed;
    base::log::info("acme.order.approved",
                    {{"order", id}, {"account", order->account}, {"by", by.credential}});

    Hold hold = in_hand_.take(id);
    if (hold == nullptr) co_return co_await view_of(std::move(order.value));  // a sweep was faster
    Task<void> issuance = issue(std::move(hold), std::move(order));
    co_await background_.run(std::move(issuance), patience);
    CO_TRY(auto now_there, co_await records_.order(std::move(id)));
    co_return co_await view_of(std::move(now_there.value));
  }
  co_return too_many_at_once();
}

// Adds that what finalize found stays as it is: between the two there may be days.
Task<Result<void>> Authority::expect_still_certifiable(const Order& order, Changes& changes) {
  CO_CHECK(co_await expect_valid(records_, order.account, changes));
  const base::Time now = clock_.now();
  CO_TRY(const Authorizations authorizations, co_await authorizations_of(order));
  for (const auto& authorization : authorizations) {
    const AuthorizationStatus status = status_of(authorization.value, now);
    if (status != AuthorizationStatus::valid) {
      co_return waits_for_nobody("the authorization of " + in_quotes(authorization->identifier.text()) +
                                 " is " + std::string(name_of(status)));
    }
    changes.expect(authorization);
  }
  CO_CHECK(co_await check_certifiable(order.approval->spki_der));
  changes.expect_not_blocked(order.approval->spki_der);
  co_return Result<void>();
}

Task<Result<OrderView>> Authority::reject(std::string id, Actor by, std::string reason) {
  CO_CHECK(check_reason(reason));
  const auto end = [&](Order& order) {
    order.error = rejected(reason);
    order.approval->decided = clock_.now();
    order.approval->by = by.credential;
  };
  CO_TRY(OrderView view, co_await end_waiting(std::move(id), end, audit_kind::kOrderRejected, by));
  base::log::info(
      "acme.order.rejected",
      {{"order", view.order.id}, {"account", view.order.account}, {"by", by.credential}, {"reason", reason}});
  co_return view;
}

Task<Result<OrderView>> Authority::withdraw(Requester account, std::string id) {
  CO_TRY(const auto owned, co_await owned_order(account, id));
  const auto end = [](Order& order) {
    order.error = base::Error{ErrorKind::unauthorized, "the order was withdrawn before it was approved", {}};
  };
  const Actor actor = account.actor();
  CO_TRY(OrderView view, co_await end_waiting(owned->id, end, audit_kind::kOrderWithdrawn, actor));
  base::log::info("acme.order.withdrawn", {{"order", view.order.id}, {"account", view.order.account}});
  co_return view;
}

// Makes an order that waits invalid, by the error that `end` gives it. The errors of check_waiting.
Task<Result<OrderView>> Authority::end_waiting(std::string id, std::function<void(Order&)> end,
                                               std::string_view kind, Actor actor) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto order, co_await records_.order(id));
    CO_TRY(const OrderView view, co_await view_of(order.value));
    CO_CHECK(check_waiting(view));
    end(order.value);
    Changes changes;
    changes.update(order);
    changes.use_reserve();
    AuditEvent event = audit_event(kind, order.value, actor, clock_.now());
    set_problem(event, *order->error);
    changes.note(event);
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return co_await view_of(std::move(order.value));
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

// Nobody decided. That the order is invalid followed from the time; from now on it is recorded.
Task<Result<void>> Authority::close_unapproved([[maybe_unused]] Hold hold, Stored<Order> order) {
  if (clock_.now() < order->approval->until) co_return Result<void>();
  order->error = not_approved_in_time(*order->approval);
  Changes changes;
  changes.update(order);
  changes.use_reserve();
  AuditEvent event = audit_event(audit_kind::kOrderNotApproved, order.value, {}, clock_.now());
  set_problem(event, *order->error);
  changes.note(event);
  const auto committed = co_await records_.commit(std::move(changes));
  if (is_conflict(committed)) co_return Result<void>();
  if (!committed) co_return tl::unexpected(committed.error());
  base::log::info("acme.order.not_approved", {{"order", order->id}, {"account", order->account}});
  co_return Result<void>();
}

}  // namespace acmecore
