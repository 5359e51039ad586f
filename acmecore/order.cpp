#include "acmecore/order.h"

#include <algorithm>

#include "acmecore/dns_name_syntax.h"

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::Suberror;
using base::Time;

namespace {

bool can_be_valid(AuthorizationStatus status) {
  return status == AuthorizationStatus::pending || status == AuthorizationStatus::valid;
}

Suberror suberror_of(const Authorization& authorization, AuthorizationStatus status) {
  for (const Challenge& challenge : authorization.challenges) {
    if (challenge.error && status == AuthorizationStatus::invalid) {
      return {challenge.error->kind, challenge.error->detail, authorization.identifier.text()};
    }
  }
  return {ErrorKind::unauthorized,
          "the authorization of " + in_quotes(authorization.identifier.text()) + " is " +
              std::string(name_of(status)),
          authorization.identifier.text()};
}

}  // namespace

std::string_view name_of(OrderStatus status) {
  switch (status) {
    case OrderStatus::pending: return "pending";
    case OrderStatus::ready: return "ready";
    case OrderStatus::processing: return "processing";
    case OrderStatus::valid: return "valid";
    case OrderStatus::invalid: return "invalid";
    case OrderStatus::canceled: return "canceled";
  }
  return "invalid";
}

bool is_processing(const Order& order) { return order.intent && !order.certificate && !order.error; }

bool is_waiting(const Order& order) { return order.approval && !order.intent && !order.error; }

bool is_settled(const Order& order) { return order.certificate || order.error || order.intent; }

OrderStatus status_of(const Order& order, std::span<const Authorization> authorizations, Time now) {
  if (order.auto_renewal && order.auto_renewal->canceled) return OrderStatus::canceled;
  if (order.error) return OrderStatus::invalid;
  if (order.certificate) return OrderStatus::valid;
  if (is_processing(order)) return OrderStatus::processing;
  if (now >= order.expires || authorizations.size() != order.authorizations.size())
    return OrderStatus::invalid;
  if (is_waiting(order) && now >= order.approval->until) return OrderStatus::invalid;
  bool all_valid = true;
  for (const Authorization& authorization : authorizations) {
    const AuthorizationStatus status = status_of(authorization, now);
    if (!can_be_valid(status)) return OrderStatus::invalid;
    all_valid = all_valid && status == AuthorizationStatus::valid;
  }
  if (!all_valid) return OrderStatus::pending;
  return is_waiting(order) ? OrderStatus::processing : OrderStatus::ready;
}

bool can_be_decided(const OrderView& view) {
  return is_waiting(view.order) && view.status == OrderStatus::processing;
}

std::optional<Error> problem_of(const Order& order, std::span<const Authorization> authorizations, Time now) {
  if (status_of(order, authorizations, now) != OrderStatus::invalid) return std::nullopt;
  if (order.error) return order.error;
  if (is_waiting(order) && now >= order.approval->until) return not_approved_in_time(*order.approval);
  std::vector<Suberror> failed;
  for (const Authorization& authorization : authorizations) {
    const AuthorizationStatus status = status_of(authorization, now);
    if (!can_be_valid(status)) failed.push_back(suberror_of(authorization, status));
  }
  if (failed.empty()) return std::nullopt;
  const ErrorKind first = failed[0].kind;
  const bool agree =
      std::all_of(failed.begin(), failed.end(), [first](const Suberror& s) { return s.kind == first; });
  std::string detail = failed.size() == 1
                           ? failed[0].detail
                           : std::to_string(failed.size()) + " authorizations of the order failed";
  return Error{agree ? first : ErrorKind::compound, std::move(detail), std::move(failed)};
}

}  // namespace acmecore
