#pragma once

#include <vector>

#include "acmecore/alternate_chain.h"
#include "base/config.h"
#include "base/error.h"

namespace app {

// What is in the files of issuance.alternate_chains. unavailable: one cannot be read; the detail names it. Whether they
// are chains for the issuing CA is for Issuer::open to say.
base::Result<std::vector<acmecore::ChainFile>> load_alternate_chains(const base::Config::Issuance& config);

}  // namespace app
