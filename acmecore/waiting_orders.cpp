#include "acmecore/waiting_orders.h"

#include <utility>
#include <vector>

#include "acmecore/approval.h"
#include "acmecore/optimism.h"
#include "base/log.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;
using base::Task;
using base::Time;

namespace {

// Orders that one commit ends at most, and that are looked at for it.
constexpr size_t kPage = 100;

// Adds the end of each of these orders that waits and is the account's. Their ids.
Task<Result<std::vector<std::string>>> add_ends(Records& records, const std::vector<std::string>& ids,
                                                const Account& account, const Actor& by, Time now,
                                                Changes& changes) {
  std::vector<std::string> ended;
  for (const std::string& id : ids) {
    auto order = co_await records.order(id);
    if (!order && order.error().kind == ErrorKind::not_found) continue;  // removed just now
    if (!order) co_return tl::unexpected(std::move(order).error());
    if (order->value.account != account.id || !is_waiting(order->value)) continue;
    order->value.error = ended_with_account(account.status);
    changes.update(*order);
    AuditEvent event = audit_event(audit_kind::kOrderNotApproved, order->value, by, now);
    set_problem(event, *order->value.error);
    changes.note(event);
    ended.push_back(id);
  }
  co_return ended;
}

// The same order may be decided about at this moment, so what is a conflict is looked at again.
Task<Result<void>> end_those_of(Records& records, const std::vector<std::string>& ids, const Account& account,
                                const Actor& by, Time now) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Changes changes;
    changes.use_reserve();
    CO_TRY(const auto ended, co_await add_ends(records, ids, account, by, now, changes));
    if (ended.empty()) co_return Result<void>();
    const auto committed = co_await records.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    for (const std::string& id : ended)
      base::log::info("acme.order.not_approved", {{"order", id}, {"account", account.id}});
    co_return Result<void>();
  }
  co_return too_many_at_once();
}

}  // namespace

Task<Result<void>> end_waiting_orders(Records& records, Account account, Actor by, Time now) {
  std::string after;
  for (bool is_last = false; !is_last;) {
    CO_TRY(const auto ids, co_await records.waiting_order_ids(after, kPage));
    CO_CHECK(co_await end_those_of(records, ids, account, by, now));
    is_last = ids.size() < kPage;
    if (!ids.empty()) after = ids.back();
  }
  co_return Result<void>();
}

Task<Result<void>> expect_valid(Records& records, std::string id, Changes& changes) {
  CO_TRY(const auto account, co_await records.account(std::move(id)));
  CO_CHECK(check_valid(account.value));
  changes.expect(account);
  co_return Result<void>();
}

}  // namespace acmecore
