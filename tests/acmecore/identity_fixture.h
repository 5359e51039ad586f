#pragma once

#include <string>
#include <utility>
#include <vector>

#include "acmecore/server_identity.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace acmecore {

// A certificate for a listener of a test, whose record nobody needs.
inline base::Result<ServerIdentity> make_identity(const Issuers& issuers, std::vector<std::string> hosts,
                                                  base::Time now) {
  storage::MemoryStore store;
  Records records(store);
  return support::run_task(
      new_server_identity(records, issuers, std::string(kDefaultIssuer), std::move(hosts), now));
}

}  // namespace acmecore
