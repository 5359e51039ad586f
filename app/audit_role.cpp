#include "app/audit_role.h"

#include <chrono>
#include <utility>

#include "base/log.h"

namespace app {

namespace {

constexpr std::chrono::minutes kRemovalInterval{1};

// While there is more to do: 4,000 certificates a second are looked at, which is more than are issued, and takes a
// twentieth of a processor.
constexpr std::chrono::milliseconds kBreather{50};

// True: there is more to remove, or to look at.
base::Task<base::Result<bool>> remove_once(acmecore::AuditLog& log, acmecore::AuditRetention& retention,
                                           base::Time now) {
  CO_TRY(const auto needed_from, co_await retention.needed_from(now));
  if (!needed_from) co_return true;
  co_return co_await log.remove_before(*needed_from);
}

// Not awaited while there is more to do.
base::Task<> remove_again_and_again(acmecore::AuditLog& log, acmecore::AuditRetention& retention,
                                    const base::Clock& clock, Loop::Pause pause) {
  for (bool go_on = true; go_on;) {
    const auto removed = co_await remove_once(log, retention, clock.now());
    if (!removed) base::log::warning("audit.removal_failed", {{"detail", removed.error().detail}});
    const bool more = removed && *removed;
    go_on = co_await pause(more ? kBreather : kRemovalInterval);
  }
}

}  // namespace

AuditRole::AuditRole(const base::Config& config, storage::Store& store, const base::Clock& clock,
                     Runtime& runtime)
    : log_(store), records_(store), retention_(records_, config.audit.retention) {
  const auto remove = [this, &clock](Loop::Pause pause) {
    return remove_again_and_again(log_, retention_, clock, std::move(pause));
  };
  removal_.emplace(runtime.executor(), remove);
}

}  // namespace app
