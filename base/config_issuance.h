#pragma once

#include "base/config.h"
#include "base/config_reader.h"

namespace base {

// The keys of [issuance].
void read_issuance(ConfigReader& section, Config::Issuance& issuance);

}  // namespace base
