#pragma once

#include <filesystem>
#include <string>

#include "acmecore/ca_ceremony.h"
#include "app/cli/command.h"
#include "base/error.h"

namespace CLI {
class App;
}

namespace app {

// Which issuer a command is about, by the configuration that says where its files are.
struct IssuerChoice {
  std::filesystem::path config;
  std::string issuer;
};

// Adds --config, and --issuer.
void add_config(CLI::App& command, IssuerChoice& choice, const char* description);
void add_issuer(CLI::App& command, IssuerChoice& choice);

// Where they are, and what opens the keys. The errors of load_config and issuer_place.
base::Result<acmecore::CaPlace> place_of(const IssuerChoice& choice);

// The commands that work on files, whether a server runs or not: init, csr, install and renew. REQUIRES: as in
// command.h.
void add_ca_file_commands(CLI::App& group, Command& chosen);

}  // namespace app
