#include "acmecore/administration.h"

#include <algorithm>
#include <utility>

#include "acmecore/contact.h"
#include "acmecore/optimism.h"
#include "acmecore/waiting_orders.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;
using base::Task;

namespace {

using Ids = Task<Result<std::vector<std::string>>>;

// A page of what `find` makes of each id; nothing: it is not what is looked for, or it was removed just now.
// REQUIRES: the functions outlive the call.
template <class T>
Task<Result<Page<T>>> page_of(const std::function<Ids(std::string after, size_t limit)>& ids_behind,
                              const std::function<Task<Result<std::optional<T>>>(std::string id)>& find,
                              std::string after, size_t limit) {
  Page<T> page;
  for (size_t scanned = 0; scanned < kScanMax;) {
    const size_t wanted = std::min(limit, kScanMax - scanned);
    CO_TRY(const auto ids, co_await ids_behind(after, wanted));
    for (const std::string& id : ids) {
      auto found = co_await find(id);
      if (!found && found.error().kind != ErrorKind::not_found) co_return tl::unexpected(found.error());
      if (found && *found) page.found.push_back(**std::move(found));
      after = id;
      if (page.found.size() == limit) {
        page.next = after;
        co_return page;
      }
    }
    if (ids.size() < wanted) co_return page;
    scanned += ids.size();
  }
  page.next = after;
  co_return page;
}

bool fits(const AccountFilter& filter, const Account& account) {
  return (!filter.status || account.status == *filter.status) &&
         (filter.directory.empty() || account.directory == filter.directory);
}

bool fits(const OrderFilter& filter, const OrderView& view) {
  return (filter.account.empty() || view.order.account == filter.account) &&
         (!filter.status || view.status == *filter.status) && (!filter.waiting || can_be_decided(view));
}

AuthorizationView view_at(Authorization authorization, base::Time now) {
  const AuthorizationStatus status = status_of(authorization, now);
  return {std::move(authorization), status, now};
}

}  // namespace

Task<Result<Page<Account>>> Administration::accounts(AccountFilter filter, std::string after, size_t limit) {
  const std::function ids = [this](std::string behind, size_t most) {
    return records_.account_ids(std::move(behind), most);
  };
  const std::function find = [this, &filter](std::string id) -> Task<Result<std::optional<Account>>> {
    CO_TRY(auto account, co_await records_.account(std::move(id)));
    if (!fits(filter, account.value)) co_return std::nullopt;
    co_return std::move(account.value);
  };
  co_return co_await page_of<Account>(ids, find, std::move(after), limit);
}

Task<Result<Account>> Administration::account(std::string id) {
  CO_TRY(auto stored, co_await records_.account(std::move(id)));
  co_return std::move(stored.value);
}

Task<Result<Account>> Administration::disable_account(std::string id, Actor by) {
  const auto disable = [this](Account& account) -> Result<bool> {
    if (account.status == AccountStatus::revoked) return false;
    CHECK(check_valid(account));
    account.status = AccountStatus::revoked;
    account.revoked = clock_.now();
    account.unused = false;  // it would be removed some day, and its key be as good as new
    return true;
  };
  CO_TRY(Account account, co_await change_account(std::move(id), disable, audit_kind::kAccountDisabled, by));
  CO_CHECK(co_await end_waiting_orders(records_, account, std::move(by), clock_.now()));
  co_return account;
}

Task<Result<Account>> Administration::set_contacts(std::string id, std::vector<std::string> contacts,
                                                   Actor by) {
  CO_CHECK(check_contacts(contacts));
  const auto set = [&contacts](Account& account) -> Result<bool> {
    CHECK(check_valid(account));
    account.contacts = contacts;
    return true;
  };
  co_return co_await change_account(std::move(id), set, audit_kind::kAccountUpdated, std::move(by));
}

Task<Result<Page<OrderView>>> Administration::orders(OrderFilter filter, std::string after, size_t limit) {
  const std::function ids = [this, &filter](std::string behind, size_t most) {
    return order_ids(filter, std::move(behind), most);
  };
  const std::function find = [this, &filter](std::string id) -> Task<Result<std::optional<OrderView>>> {
    CO_TRY(auto order, co_await records_.order(std::move(id)));
    CO_TRY(auto details, co_await details_of(std::move(order.value)));
    if (!fits(filter, details.view)) co_return std::nullopt;
    co_return std::move(details.view);
  };
  co_return co_await page_of<OrderView>(ids, find, std::move(after), limit);
}

Task<Result<OrderDetails>> Administration::order(std::string id) {
  CO_TRY(auto stored, co_await records_.order(std::move(id)));
  co_return co_await details_of(std::move(stored.value));
}

Task<Result<Page<AuthorizationView>>> Administration::authorizations(AuthorizationFilter filter,
                                                                     std::string after, size_t limit) {
  const std::function ids = [this](std::string behind, size_t most) {
    return records_.authorization_ids(std::move(behind), most);
  };
  const std::function find = [this,
                              &filter](std::string id) -> Task<Result<std::optional<AuthorizationView>>> {
    CO_TRY(auto stored, co_await records_.authorization(std::move(id)));
    if (!filter.account.empty() && stored->account != filter.account) co_return std::nullopt;
    co_return view_at(std::move(stored.value), clock_.now());
  };
  co_return co_await page_of<AuthorizationView>(ids, find, std::move(after), limit);
}

Task<Result<AuthorizationView>> Administration::authorization(std::string id) {
  CO_TRY(auto stored, co_await records_.authorization(std::move(id)));
  co_return view_at(std::move(stored.value), clock_.now());
}

Task<Result<AuthorizationView>> Administration::revoke_authorization(std::string id, Actor by) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await records_.authorization(id));
    const base::Time now = clock_.now();
    const AuthorizationStatus status = status_of(stored.value, now);
    if (status == AuthorizationStatus::revoked) co_return view_at(std::move(stored.value), now);
    if (status != AuthorizationStatus::valid) {
      co_return base::fail(ErrorKind::malformed, "the authorization is " + std::string(name_of(status)) +
                                                     "; only a valid one is revoked (RFC 8555 §7.1.6)");
    }
    stored->revoked = now;
    Changes changes;
    changes.update(stored);
    changes.use_reserve();
    changes.note(audit_event(audit_kind::kAuthorizationRevoked, stored.value, by, now));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return view_at(std::move(stored.value), now);
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

// `change` returns false where nothing is to be changed.
Task<Result<Account>> Administration::change_account(std::string id,
                                                     std::function<Result<bool>(Account&)> change,
                                                     std::string_view kind, Actor by) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await records_.account(id));
    CO_TRY(const bool changed, change(stored.value));
    if (!changed) co_return std::move(stored.value);
    Changes changes;
    changes.update(stored);
    if (stored->status != AccountStatus::valid) changes.use_reserve();
    changes.note(audit_event(kind, stored.value, by, clock_.now()));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return std::move(stored.value);
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Task<Result<OrderDetails>> Administration::details_of(Order order) {
  OrderDetails details;
  std::vector<Authorization> values;
  const base::Time now = clock_.now();
  for (const std::string& id : order.authorizations) {
    auto stored = co_await records_.authorization(id);
    if (!stored && stored.error().kind == ErrorKind::not_found) continue;
    if (!stored) co_return tl::unexpected(std::move(stored).error());
    values.push_back(stored->value);
    details.authorizations.push_back(view_at(std::move(stored->value), now));
  }
  const OrderStatus status = status_of(order, values, now);
  auto error = problem_of(order, values, now);
  details.view = {std::move(order), status, std::move(error), now};
  co_return details;
}

// Of those that the filter may be about, by the list that is the shortest.
Task<Result<std::vector<std::string>>> Administration::order_ids(OrderFilter filter, std::string after,
                                                                 size_t limit) {
  if (filter.waiting) co_return co_await records_.waiting_order_ids(std::move(after), limit);
  if (filter.account.empty()) co_return co_await records_.order_ids(std::move(after), limit);
  co_return co_await records_.orders_of(std::move(filter.account), std::move(after), limit);
}

}  // namespace acmecore
