#include "dnsserver/load_owner.h"

#include "dnsserver/keys.h"

namespace dnsserver {

base::Task<Result<void>> load_needed(storage::Store& store, ZoneEdit& edit, const Name& owner) {
  for (const Name& name : edit.needed(owner)) {
    storage::Range static_rrsets{static_rrsets_prefix(edit.zone().apex, name)};
    storage::Range challenges{challenges_prefix(edit.zone().apex, name)};
    CO_TRY(const auto static_entries, co_await store.list(std::move(static_rrsets)));
    CO_TRY(const auto challenge_entries, co_await store.list(std::move(challenges)));
    CO_CHECK(edit.load(name, static_entries, challenge_entries));
  }
  co_return Result<void>();
}

}  // namespace dnsserver
