#pragma once

#include "base/config_reader.h"

namespace base {

// The table [policy].
void read_policy(ConfigReader& section, Config::Policy& policy);

}  // namespace base
