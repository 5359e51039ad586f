#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/authorization.h"
#include "acmecore/order.h"
#include "acmecore/page.h"
#include "acmecore/records.h"
#include "acmecore/requester.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// Records that one call looks at, at most, whether or not they are what it looks for.
inline constexpr size_t kScanMax = 10'000;

// What is empty is not asked for.
struct AccountFilter {
  std::optional<AccountStatus> status;
  std::string directory;
};

struct OrderFilter {
  std::string account;  // its id
  std::optional<OrderStatus> status;
  bool waiting = false;  // only those that wait for a person, and can be approved still
};

// No index leads from an account to its authorizations: docs/decisions/time-ordered-keys.md.
struct AuthorizationFilter {
  std::string account;  // its id
};

struct OrderDetails {
  OrderView view;
  std::vector<AuthorizationView> authorizations;  // those that are still there
};

// What operators see and do, whoever's it is, beside approving and rejecting orders (Authority). not_found: there is
// nothing with this id. Lists begin with the oldest. `by` is who does it, for the audit log. Thread-safe.
class Administration {
 public:
  // The references outlive the object.
  Administration(Records& records, const base::Clock& clock) : records_(records), clock_(clock) {}

  base::Task<base::Result<Page<Account>>> accounts(AccountFilter filter, std::string after, size_t limit);
  base::Task<base::Result<Account>> account(std::string id);

  // RFC 8555 §7.1.2: it becomes `revoked`, for ever. What it signs is refused from then on (§7.3.6), and what it
  // ordered and was not issued is not issued any more: orders that wait for a person end. Its certificates stay. One
  // that is revoked stays as it is.
  // account_not_valid: the subscriber has deactivated it.
  base::Task<base::Result<Account>> disable_account(std::string id, Actor by);

  // An empty list clears. account_not_valid; the errors of check_contacts.
  base::Task<base::Result<Account>> set_contacts(std::string id, std::vector<std::string> contacts, Actor by);

  base::Task<base::Result<Page<OrderView>>> orders(OrderFilter filter, std::string after, size_t limit);
  base::Task<base::Result<OrderDetails>> order(std::string id);

  base::Task<base::Result<Page<AuthorizationView>>> authorizations(AuthorizationFilter filter,
                                                                   std::string after, size_t limit);
  base::Task<base::Result<AuthorizationView>> authorization(std::string id);

  // RFC 8555 §7.1.6: a valid one becomes `revoked`, for ever, and what was ordered with it `invalid`. One that is
  // revoked stays as it is. malformed: it is not valid.
  base::Task<base::Result<AuthorizationView>> revoke_authorization(std::string id, Actor by);

 private:
  base::Task<base::Result<Account>> change_account(std::string id,
                                                   std::function<base::Result<bool>(Account&)> change,
                                                   std::string_view kind, Actor by);
  base::Task<base::Result<OrderDetails>> details_of(Order order);
  base::Task<base::Result<std::vector<std::string>>> order_ids(OrderFilter filter, std::string after,
                                                               size_t limit);

  Records& records_;
  const base::Clock& clock_;
};

}  // namespace acmecore
