#include <utility>

#include "acmecore/authority.h"
#include "acmecore/optimism.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

Task<Result<AuthorizationView>> Authority::deactivate_authorization(Account account, std::string id) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await owned_authorization(account, id));
    const AuthorizationStatus status = status_of(stored.value, clock_.now());
    if (status == AuthorizationStatus::deactivated) co_return view_of(std::move(stored.value));
    if (status != AuthorizationStatus::pending && status != AuthorizationStatus::valid) {
      co_return no_longer_pending(stored.value, status);
    }
    stored->deactivated = clock_.now();
    Changes changes;
    changes.update(stored);
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return view_of(std::move(stored.value));
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

}  // namespace acmecore
