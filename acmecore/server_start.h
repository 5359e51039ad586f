#pragma once

#include <string>
#include <vector>

#include "acmecore/issuers.h"
#include "acmecore/records.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// What a server is that begins to serve.
struct ServerStart {
  std::string version;
  std::string configuration_sha256;  // of the configuration's text, in hexadecimal; empty: there is none
  std::vector<std::string> issuers;  // the certificates of those that sign leaves: Issuer::id of each chain
};

ServerStart server_start(std::string version, std::string configuration_sha256, const IssuerSet& issuers);

// Records in the audit log that the server starts and, where the configuration or an issuing CA is another than at the
// start before, that it has changed. `records` outlives the call.
base::Task<base::Result<void>> note_start(Records& records, ServerStart start, base::Time now);

}  // namespace acmecore
