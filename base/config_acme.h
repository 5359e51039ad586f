#pragma once

#include "base/config.h"
#include "base/config_reader.h"

namespace base {

// The keys of [acme].
void read_acme(ConfigReader& section, Config::Acme& acme);

}  // namespace base
