#pragma once

#include <optional>

#include "acmecore/order.h"
#include "base/error.h"
#include "base/time.h"

// What becomes of an order that renews its certificate by itself (RFC 8739) once its first one was issued.
namespace acmecore {

// It has issued, and was neither canceled nor ended before its time.
bool renews_itself(const Order& order);

// The next certificate was decided on, and what follows from it is not finished.
bool is_renewing(const Order& order);

// When to look whether a certificate is due. Nothing: it does not renew itself, or its last one was issued.
std::optional<base::Time> renewal_look(const Order& order);

// Why its certificate is not to be had any more: auto_renewal_canceled or auto_renewal_expired (§3.1.2, §3.3).
// REQUIRES: order.auto_renewal.
base::Result<void> check_on_offer(const Order& order, base::Time now);

// A certificate that ends at `not_after` was issued: of order.auto_renewal->period, where there is auto_renewal.
void note_issued(Order& order, base::Time not_after);

// It was not, because of `error`. The first one's failure is the order's (RFC 8555 §7.1.6). A later one is tried again
// while the certificate before it is valid; then the order has ended, and stays valid (RFC 8739 §3.1.2).
void note_not_issued(Order& order, base::Error error, base::Time now);

}  // namespace acmecore
