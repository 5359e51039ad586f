#pragma once

#include "acmecore/external_account_key.h"
#include "acmecore/external_account_keys.h"
#include "assay/v1/external_account.pb.h"
#include "base/error.h"

namespace acmecore::rpc {

// malformed: a time, duration or pattern of names that is none. What the values may be is for
// ExternalAccountKeys::create to say.
base::Result<NewExternalAccountKey> read_external_account_key(const assay::v1::ExternalAccountKey& message);

// Without the MAC key.
assay::v1::ExternalAccountKey message_of(const ExternalAccountKey& key);

}  // namespace acmecore::rpc
