#pragma once

#include "dnsserver/credential.h"
#include "storage/store.h"

namespace dnsserver {

// What to commit so that `before` becomes `after`, with the index of its user name and its TSIG keys. Null: it is
// not there. Names that come new are expected to be nobody's; of the credential's own key nothing is expected.
storage::Batch credential_batch(const Credential* before, const Credential* after);

}  // namespace dnsserver
