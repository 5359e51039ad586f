#pragma once

#include "base/config.h"
#include "base/config_reader.h"

namespace base {

// The keys of [revocation].
void read_revocation(ConfigReader& section, Config::Revocation& revocation);

}  // namespace base
