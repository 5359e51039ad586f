#include "dnsserver/fold.h"

#include <algorithm>
#include <cassert>

#include "dnsserver/keys.h"
#include "dnsserver/stored.h"

namespace dnsserver {

using base::ErrorKind;
using base::Task;
using storage::Range;

Task<Result<size_t>> Fold::apply(const OwnerChange& change) {
  const Name& owner = owner_of(change);
  ZoneEdit* edit = nullptr;
  if (const ServedZone* served = zones_.find(owner)) {
    CO_TRY(edit, co_await edit_of(*served));
  }
  if (edit == nullptr) {
    if (std::holds_alternative<Remove>(change) || std::holds_alternative<Expire>(change)) co_return 0;
    co_return base::fail(ErrorKind::not_found, "no zone of this server holds " + owner.text());
  }
  for (const Name& name : edit->needed(owner)) {
    Range static_rrsets{static_rrsets_prefix(edit->zone().apex, name)};
    Range challenges{challenges_prefix(edit->zone().apex, name)};
    CO_TRY(const auto static_entries, co_await store_.list(std::move(static_rrsets)));
    CO_TRY(const auto challenge_entries, co_await store_.list(std::move(challenges)));
    CO_CHECK(edit->load(name, static_entries, challenge_entries));
  }
  co_return edit->apply(change);
}

Task<Result<ZoneEdit*>> Fold::edit_of(const ServedZone& served) {
  if (const auto known = edits_.find(served.apex); known != edits_.end()) {
    co_return known->second ? &*known->second : nullptr;
  }
  const auto apex = Name::from_wire(served.apex);
  assert(apex.has_value());
  CO_TRY(const auto entry, co_await store_.get(zone_key(*apex)));
  std::optional<ZoneEdit>& edit = edits_[served.apex];
  if (entry) {
    CO_TRY(StoredZone stored, decode_zone(entry->value));
    if (!stored.deleted) edit.emplace(std::move(stored.zone), entry->revision, now_);
  }
  co_return edit ? &*edit : nullptr;
}

storage::Batch Fold::finish() {
  storage::Batch batch;
  for (auto& [apex, edit] : edits_) {
    if (edit) edit->finish(batch);
  }
  return batch;
}

uint32_t Fold::serial_at(const Name& owner) const {
  const ServedZone* served = zones_.find(owner);
  if (served == nullptr) return 0;
  const auto known = edits_.find(served->apex);
  return known != edits_.end() && known->second ? known->second->zone().serial : 0;
}

bool Fold::changes_table() const {
  return std::ranges::any_of(edits_,
                             [](const auto& edit) { return !edit.second || edit.second->changes_table(); });
}

}  // namespace dnsserver
