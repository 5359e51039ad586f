#pragma once

#include "base/config.h"
#include "base/config_reader.h"

namespace base {

// Reads every key of a configuration from its outermost table, and checks what the keys say together. This is
// where keys have their names and bounds.
void read_config(ConfigReader& top, Config& config);

}  // namespace base
