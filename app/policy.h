#pragma once

#include "acmecore/policy.h"
#include "base/config.h"
#include "base/error.h"

namespace app {

// The policy that the configuration asks for. malformed: a pattern is none; the detail names its key.
base::Result<acmecore::PolicyRules> policy_rules(const base::Config::Policy& config);

acmecore::KeyType key_type_of(base::CertifiedKey key);

}  // namespace app
