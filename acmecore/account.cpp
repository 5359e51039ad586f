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

}  // namespace acmecore
