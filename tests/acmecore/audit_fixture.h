#pragma once

#include <string>
#include <vector>

#include "acmecore/audit_log.h"
#include "storage/store.h"
#include "tests/support/run_task.h"

namespace acmecore {

// Everything that is in the audit log of a store, in its order.
inline std::vector<AuditEvent> audit_events(storage::Store& store) {
  AuditLog log(store);
  const AuditPage page = support::run_task(log.page({}, 0, 100'000)).value();
  std::vector<AuditEvent> events;
  for (const AuditEntry& entry : page.found)
    events.push_back(entry.event);
  return events;
}

inline std::vector<std::string> audit_kinds(storage::Store& store) {
  std::vector<std::string> kinds;
  for (const AuditEvent& event : audit_events(store))
    kinds.push_back(event.kind);
  return kinds;
}

}  // namespace acmecore
