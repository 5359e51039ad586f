#include "dnsserver/fold.h"

#include <algorithm>
#include <cassert>

#include "dnsserver/keys.h"
#include "dnsserver/load_owner.h"
#include "dnsserver/stored.h"

namespace dnsserver {

using base::ErrorKind;
using base::Task;

namespace {

bool puts_dname(const OwnerChange& change) {
  const auto* put = std::get_if<PutRRset>(&change);
  return put != nullptr && put->rrset.type == kTypeDname;
}

}  // namespace

Task<Result<size_t>> Fold::apply(const OwnerChange& change) {
  const Name& owner = owner_of(change);
  CO_CHECK(check_writer(change));
  CO_TRY(ZoneEdit* const edit, co_await edit_at(owner));
  if (edit == nullptr) {
    if (std::holds_alternative<Remove>(change) || std::holds_alternative<Expire>(change)) co_return 0;
    co_return base::fail(ErrorKind::not_found, "no zone of this server holds " + owner.text());
  }
  if (puts_dname(change)) {
    const Bytes node = node_key(edit->zone().apex, owner);
    storage::Range below{.prefix = node, .after = node, .limit = 1};
    CO_TRY(const auto entries, co_await store_.list(std::move(below)));
    if (!entries.empty()) edit->note_names_below(owner);
  }
  CO_TRY(const size_t removed, edit->apply(change));
  const Writer* writer = writer_of(change);
  if (std::holds_alternative<Present>(change) && !names_.has(writer->name, owner)) {
    Bytes key = owner.sort_key();
    if (new_names_[writer->name].insert(key).second) added_names_.emplace_back(writer->name, std::move(key));
  }
  co_return removed;
}

Task<Result<ChangeOutcome>> Fold::apply(const Transaction& transaction) {
  ChangeOutcome outcome;
  CO_TRY(outcome.unmet, co_await find_unmet(transaction.prerequisites));
  if (outcome.unmet) co_return outcome;
  added_names_.clear();
  const auto removed = co_await apply_all(transaction.changes);
  for (auto& [apex, edit] : edits_) {
    if (edit) removed ? edit->keep() : edit->roll_back();
  }
  if (!removed) {
    for (const auto& [credential, name] : added_names_)
      new_names_[credential].erase(name);
    co_return tl::unexpected(removed.error());
  }
  outcome.removed = *removed;
  co_return outcome;
}

Task<Result<std::optional<size_t>>> Fold::find_unmet(const std::vector<Prerequisite>& prerequisites) {
  for (size_t i = 0; i < prerequisites.size(); ++i) {
    const Name& owner = prerequisites[i].owner;
    CO_TRY(ZoneEdit* const edit, co_await edit_at(owner));
    if (edit == nullptr)
      co_return base::fail(ErrorKind::not_found, "no zone of this server holds " + owner.text());
    if (!holds(prerequisites, i, edit->rrsets_at(owner))) co_return i;
  }
  co_return std::nullopt;
}

Task<Result<size_t>> Fold::apply_all(const std::vector<OwnerChange>& changes) {
  size_t removed = 0;
  for (const OwnerChange& change : changes) {
    CO_TRY(ZoneEdit* const edit, co_await edit_at(owner_of(change)));
    if (edit != nullptr) edit->begin();
    CO_TRY(const size_t count, co_await apply(change));
    removed += count;
  }
  co_return removed;
}

Task<Result<ZoneEdit*>> Fold::edit_at(const Name& owner) {
  const ServedZone* served = zones_.find(owner);
  if (served == nullptr) co_return nullptr;
  CO_TRY(ZoneEdit* const edit, co_await edit_of(*served));
  if (edit == nullptr) co_return nullptr;
  CO_CHECK(co_await load_needed(store_, *edit, owner));
  co_return edit;
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
