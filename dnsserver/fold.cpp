#include "dnsserver/fold.h"

#include <algorithm>
#include <cassert>

#include "dnsserver/keys.h"
#include "dnsserver/load_owner.h"
#include "dnsserver/stored.h"

namespace dnsserver {

using base::ErrorKind;
using base::Task;

Task<Result<size_t>> Fold::apply(const OwnerChange& change) {
  const Name& owner = owner_of(change);
  CO_CHECK(check_writer(change));
  ZoneEdit* edit = nullptr;
  if (const ServedZone* served = zones_.find(owner)) {
    CO_TRY(edit, co_await edit_of(*served));
  }
  if (edit == nullptr) {
    if (std::holds_alternative<Remove>(change) || std::holds_alternative<Expire>(change)) co_return 0;
    co_return base::fail(ErrorKind::not_found, "no zone of this server holds " + owner.text());
  }
  CO_CHECK(co_await load_needed(store_, *edit, owner));
  CO_TRY(const size_t removed, edit->apply(change));
  const Writer* writer = writer_of(change);
  if (std::holds_alternative<Present>(change) && !names_.has(writer->name, owner)) {
    new_names_[writer->name].insert(owner.sort_key());
  }
  co_return removed;
}

// Here and not at the door, so that limits hold for what comes at once, too.
Result<void> Fold::check_writer(const OwnerChange& change) const {
  const Writer* writer = writer_of(change);
  if (writer == nullptr || !writer->credential) return {};
  const Name& owner = owner_of(change);
  CHECK(permits(*writer->credential, owner, writer->source, now_));
  if (!std::holds_alternative<Present>(change) || !counts_names(*writer->credential)) return {};
  assert(names_.is_loaded());
  const auto found = new_names_.find(writer->name);
  const size_t added = found == new_names_.end() ? 0 : found->second.size();
  const bool is_new =
      !names_.has(writer->name, owner) && !(added > 0 && found->second.contains(owner.sort_key()));
  const uint32_t limit = writer->credential->limits.names;
  if (!is_new || names_.count(writer->name) + added < limit) return {};
  return base::fail(ErrorKind::too_large, "credential " + writer->name + " holds values at " +
                                              std::to_string(limit) + " names, as many as it may");
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

void Fold::note_holders(LiveNames& names) const {
  for (const auto& [apex, edit] : edits_) {
    if (edit) edit->note_holders(names);
  }
}

bool Fold::changes_table() const {
  return std::ranges::any_of(edits_,
                             [](const auto& edit) { return !edit.second || edit.second->changes_table(); });
}

}  // namespace dnsserver
