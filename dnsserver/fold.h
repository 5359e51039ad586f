#pragma once

#include <map>
#include <optional>

#include "base/task.h"
#include "dnsserver/change.h"
#include "dnsserver/zone_edit.h"
#include "dnsserver/zone_table.h"
#include "storage/store.h"

namespace dnsserver {

// Changes at owners of any zones, folded into one batch. Reads what each change needs as it comes.
class Fold {
 public:
  // Store and table outlive it.
  Fold(storage::Store& store, const ZoneTable& zones, Time now) : store_(store), zones_(zones), now_(now) {}

  // As ZoneEdit::apply(). not_found: no zone holds the owner; to remove something there is no error.
  base::Task<Result<size_t>> apply(const OwnerChange& change);

  // What to commit; without puts and deletes, nothing. After it, no more changes.
  storage::Batch finish();

  // After finish(): the serial of the zone that holds `owner`; 0 where none does.
  uint32_t serial_at(const Name& owner) const;

  // True if the table has to be made anew: after the commit it is not what the store holds.
  bool changes_table() const;

 private:
  // Null: the store has no such zone any more.
  base::Task<Result<ZoneEdit*>> edit_of(const ServedZone& served);

  storage::Store& store_;
  const ZoneTable& zones_;
  Time now_;
  std::map<Bytes, std::optional<ZoneEdit>> edits_;  // by apex, lower-case wire form
};

}  // namespace dnsserver
