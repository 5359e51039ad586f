#pragma once

#include "base/config.h"
#include "base/config_reader.h"
#include "base/error.h"

namespace base {

// The tables [[issuance.issuer]]. REQUIRES: the other keys of [issuance] are read.
void read_issuers(ConfigReader& section, Config::Issuance& issuance);

// What directories and profiles say of issuers and what issuers there are, together. malformed: one names an issuer
// that is not there.
Result<void> check_issuers(const Config::Acme& acme, const Config::Issuance& issuance);

}  // namespace base
