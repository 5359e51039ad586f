#pragma once

#include <string>
#include <vector>

#include "acmecore/alternate_chain.h"
#include "base/error.h"

namespace app {

// What is in the files of an issuer's alternate_chains. unavailable: one cannot be read; the detail names it. Whether
// they are chains for its certificates is for IssuerKeeper to say.
base::Result<std::vector<acmecore::ChainFile>> load_alternate_chains(const std::vector<std::string>& paths);

}  // namespace app
