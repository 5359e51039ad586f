#pragma once

#include "app/cli/command.h"

namespace CLI {
class App;
}

namespace app {

// "crl": the CRL of an issuer's own root, made by hand. REQUIRES: as in command.h.
void add_ca_crl(CLI::App& group, Command& chosen);

}  // namespace app
