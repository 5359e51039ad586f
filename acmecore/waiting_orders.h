#pragma once

#include <string>

#include "acmecore/account.h"
#include "acmecore/records.h"
#include "acmecore/requester.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// Ends the orders that wait for a person and whose account is no longer valid, for what it has pending ends with it
// (RFC 8555 §7.3.6): they are invalid from then on, and no operator sees them among those that wait. `by` is who ended
// the account. A call that fails has ended some or none, and may be made again; what is never ended so is refused when
// somebody approves it, and ends at its time.
//
// REQUIRES: that the account is not valid is committed, so that no other order of it begins to wait (expect_valid).
// `records` outlives the call.
base::Task<base::Result<void>> end_waiting_orders(Records& records, Account account, Actor by,
                                                  base::Time now);

// Adds to `changes` that the account stays as it is. account_not_valid: it was ended meanwhile.
// REQUIRES: `records` and `changes` outlive the call.
base::Task<base::Result<void>> expect_valid(Records& records, std::string account, Changes& changes);

}  // namespace acmecore
