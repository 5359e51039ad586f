#include <utility>

#include "acmecore/authority.h"
#include "acmecore/optimism.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

Task<Result<AuthorizationView>> Authority::deactivate_authorization(Requester account, std::string id) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await owned_authorization(account, id));
    const AuthorizationStatus status = status_of(stored.value, clock_.now());
    if (status == AuthorizationStatus::deactivated) co_return view_of(std::move(stored.value));
    if (status != AuthorizationStatus::pending && status != AuthorizationStatus::valid) {
      co_return no_longer_pending(stored.value, status);
    }
    // Whoever has learned that the first look failed must not get out of its being counted.
    const Challenge* const looked_at = processing_challenge(stored.value);
    Changes changes;
    bool pauses = false;
    if (looked_at != nullptr) {
      const std::string why =
          looked_at->error ? looked_at->error->detail : "it was given up before it was proved";
      CO_TRY(pauses, co_await count_failure(stored.value, why, changes));
    }
    stored->deactivated = clock_.now();
    changes.update(stored);
    changes.use_reserve();
    changes.note(audit_event(audit_kind::kAuthorizationDeactivated, stored.value, account.actor(),
                             *stored->deactivated));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      if (pauses) log_pause(stored.value);
      co_return view_of(std::move(stored.value));
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

}  // namespace acmecore
