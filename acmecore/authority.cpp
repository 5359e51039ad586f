#include "acmecore/authority.h"

#include <utility>

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

Authority::Authority(Records& records, const base::Clock& clock, const Issuers& issuers, const Policy& policy,
                     Validation& validation, base::Background& background, AuthorityOptions options)
    : records_(records),
      clock_(clock),
      issuers_(issuers),
      policy_(policy),
      validation_(validation),
      background_(background),
      options_(std::move(options)),
      limits_(records, clock, policy.suffixes(), options_.limits),
      pausing_(records, clock, options_.pausing),
      refusals_(records, clock) {}

Task<Result<Account>> Authority::account(std::string id) {
  CO_TRY(auto stored, co_await records_.account(std::move(id)));
  co_return std::move(stored.value);
}

Task<Result<OrderView>> Authority::order(Account account, std::string id) {
  CO_TRY(auto order, co_await owned_order(account, std::move(id)));
  co_return co_await view_of(std::move(order.value));
}

Task<Result<AuthorizationView>> Authority::authorization(Account account, std::string id) {
  CO_TRY(auto authorization, co_await owned_authorization(account, std::move(id)));
  co_return view_of(std::move(authorization.value));
}

Task<Result<Stored<Order>>> Authority::owned_order(const Account& account, std::string id) {
  CO_TRY(auto order, co_await records_.order(std::move(id)));
  if (order->account != account.id) co_return fail(ErrorKind::not_found, "there is no such order");
  co_return order;
}

Task<Result<Stored<Authorization>>> Authority::owned_authorization(const Account& account, std::string id) {
  CO_TRY(auto authorization, co_await records_.authorization(std::move(id)));
  if (authorization->account != account.id)
    co_return fail(ErrorKind::not_found, "there is no such authorization");
  co_return authorization;
}

Task<Result<Authority::Authorizations>> Authority::authorizations_of(const Order& order) {
  Authorizations authorizations;
  for (const std::string& id : order.authorizations) {
    auto found = co_await records_.authorization(id);
    if (found) {
      authorizations.push_back(*std::move(found));
    } else if (found.error().kind != ErrorKind::not_found) {
      co_return tl::unexpected(std::move(found).error());
    }
  }
  co_return authorizations;
}

Task<Result<OrderView>> Authority::view_of(Order order) {
  std::vector<Authorization> authorizations;
  if (!is_settled(order)) {
    CO_TRY(auto stored, co_await authorizations_of(order));
    for (auto& authorization : stored)
      authorizations.push_back(std::move(authorization.value));
  }
  const base::Time now = clock_.now();
  const OrderStatus status = status_of(order, authorizations, now);
  auto error = problem_of(order, authorizations, now);
  co_return OrderView{std::move(order), status, std::move(error), now};
}

AuthorizationView Authority::view_of(Authorization authorization) const {
  const base::Time now = clock_.now();
  const AuthorizationStatus status = status_of(authorization, now);
  return {std::move(authorization), status, now};
}

}  // namespace acmecore
