#pragma once

#include "base/config_reader.h"

namespace base {

// The table [policy], whose rules may be about accounts of the directories in `acme`.
void read_policy(ConfigReader& section, const Config::Acme& acme, Config::Policy& policy);

}  // namespace base
