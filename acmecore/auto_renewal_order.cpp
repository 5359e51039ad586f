#include "acmecore/auto_renewal_order.h"

#include <algorithm>
#include <utility>

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;

bool renews_itself(const Order& order) {
  return order.auto_renewal && order.certificate && !order.auto_renewal->canceled &&
         !order.auto_renewal->failure;
}

bool is_renewing(const Order& order) {
  return renews_itself(order) && order.intent && order.intent->serial != *order.certificate;
}

std::optional<Time> renewal_look(const Order& order) {
  if (!renews_itself(order) || !next_due(*order.auto_renewal)) return std::nullopt;
  return order.auto_renewal->next_look;
}

Result<void> check_on_offer(const Order& order, Time now) {
  const AutoRenewal& renewal = *order.auto_renewal;
  if (renewal.canceled) {
    return fail(ErrorKind::auto_renewal_canceled,
                "the order was canceled at " + base::rfc3339(*renewal.canceled));
  }
  if (renewal.failure) {
    return fail(ErrorKind::auto_renewal_expired,
                "the order has ended before its time, because: " + renewal.failure->detail);
  }
  if (now >= renewal.end_date) {
    return fail(ErrorKind::auto_renewal_expired, "the order has ended at " + base::rfc3339(renewal.end_date));
  }
  if (now > renewal.valid_until) {
    return fail(ErrorKind::auto_renewal_expired,
                "the latest certificate has ended at " + base::rfc3339(renewal.valid_until));
  }
  return {};
}

void note_issued(Order& order, Time not_after) {
  if (!order.auto_renewal) return;
  AutoRenewal& renewal = *order.auto_renewal;
  renewal.valid_until = not_after;
  renewal.next_look = next_due(renewal).value_or(renewal.end_date);
  order.expires = renewal.end_date;
}

void note_not_issued(Order& order, Error error, Time now) {
  if (!is_renewing(order)) {
    order.error = std::move(error);
    return;
  }
  order.abandoned.push_back(order.intent->serial);
  order.intent->serial = *order.certificate;
  AutoRenewal& renewal = *order.auto_renewal;
  if (now < renewal.valid_until) {
    renewal.next_look = std::min(now + retry_interval(renewal), renewal.valid_until);
    return;
  }
  renewal.failure = std::move(error);
  order.expires = std::min(order.expires, renewal.valid_until);
}

}  // namespace acmecore
