#include "acmecore/account.h"

namespace acmecore {

std::string_view name_of(AccountStatus status) {
  switch (status) {
    case AccountStatus::valid: return "valid";
    case AccountStatus::deactivated: return "deactivated";
    case AccountStatus::revoked: return "revoked";
  }
  return "revoked";
}

base::Result<void> check_valid(const Account& account) {
  if (account.status == AccountStatus::valid) return {};
  return base::fail(base::ErrorKind::account_not_valid,
                    "the account is " + std::string(name_of(account.status)));
}

std::optional<std::chrono::seconds> certificate_lifetime_max(const Account& account) {
  if (!account.external_account) return std::nullopt;
  return account.external_account->restriction.certificate_lifetime_max;
}

base::Result<void> check_external_account(const Account& account,
                                          const std::vector<Identifier>& identifiers) {
  if (!account.external_account) return {};
  return check_allowed(account.external_account->restriction, account.external_account->key_id, identifiers);
}

}  // namespace acmecore
