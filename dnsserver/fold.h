#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/task.h"
#include "dnsserver/change.h"
#include "dnsserver/live_names.h"
#include "dnsserver/zone_edit.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace dnsserver {

// Changes at owners of any zones, folded into one batch. Reads what each change needs as it comes.
class Fold {
 public:
  // Store, table and names outlive it.
  Fold(storage::Store& store, const ZoneTable& zones, const LiveNames& names, Time now)
      : store_(store), zones_(zones), names_(names), now_(now) {}

  // As ZoneEdit::apply(). not_found: no zone holds the owner; to remove something there is no error.
  // unauthorized: permits(). too_large: the writer's values would stand at more names than it may hold.
  // REQUIRES: the names are loaded, if the writer's are to be counted (counts_names()).
  base::Task<Result<size_t>> apply(const OwnerChange& change);

  // All changes of a transaction, or none; then what it came to, or the error of the first that failed.
  base::Task<Result<ChangeOutcome>> apply(const Transaction& transaction);

  // What to commit; without puts and deletes, nothing. After it, no more changes.
  storage::Batch finish();

  // After finish(): the serial of the zone that holds `owner`; 0 where none does.
  uint32_t serial_at(const Name& owner) const;

  // After the commit: tells which names hold values of whom now.
  void note_holders(LiveNames& names) const;

  // True if the table has to be made anew: after the commit it is not what the store holds.
  bool changes_table() const;

 private:
  Result<void> check_writer(const OwnerChange& change) const;
  base::Task<Result<std::optional<size_t>>> find_unmet(const std::vector<Prerequisite>& prerequisites);
  base::Task<Result<size_t>> apply_all(const std::vector<OwnerChange>& changes);
  // The zone that holds the owner, with what a change there needs. Null: there is none.
  base::Task<Result<ZoneEdit*>> edit_at(const Name& owner);
  // Null: the store has no such zone any more.
  base::Task<Result<ZoneEdit*>> edit_of(const ServedZone& served);

  storage::Store& store_;
  const ZoneTable& zones_;
  const LiveNames& names_;
  Time now_;
  std::map<Bytes, std::optional<ZoneEdit>> edits_;  // by apex, lower-case wire form
  std::map<std::string, std::set<Bytes>>
      new_names_;  // of this fold, that names_ does not have; by credential
  std::vector<std::pair<std::string, Bytes>> added_names_;  // to them, by the last transaction
};

}  // namespace dnsserver
