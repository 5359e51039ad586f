#pragma once

#include <string_view>

#include "acmecore/issuer_duties.h"
#include "base/config.h"

namespace app {

// What the configuration asks of the issuer with this name. REQUIRES: `config` is one of parse_config.
acmecore::IssuerDuties duties_of(const base::Config& config, std::string_view issuer);

}  // namespace app
