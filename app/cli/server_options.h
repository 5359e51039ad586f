#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"

namespace CLI {
class App;
}

namespace app {

enum class Output { text, json };

// Which server a command talks to, and as whom. Empty: not given.
struct ServerOptions {
  std::string server;  // "host:port"
  std::filesystem::path ca_file;
  std::filesystem::path token_file;
  std::filesystem::path client_certificate;  // chain, with client_key
  std::filesystem::path client_key;
  std::filesystem::path state;  // of a server on this machine, whose run.json says the rest
  Output output = Output::text;
};

// The same with files read. An empty CA: those that the system trusts.
struct ServerAccess {
  std::string server;
  std::string ca_pem;
  std::string token;
  std::string client_certificate_pem;
  std::string client_key_pem;
};

// Adds --server, --ca, --token-file, --client-certificate, --client-key, --state and --output to `group`, all
// of whose sub-commands take them, too. Environment: ASSAY_SERVER, ASSAY_CA, ASSAY_TOKEN_FILE, ASSAY_STATE.
std::shared_ptr<const ServerOptions> add_server_options(CLI::App& group);

// What is given counts; what is not is taken from run.json in options.state, or in ./assay-dev where there is
// one. not_found: no server is named. unavailable: a file that cannot be read.
base::Result<ServerAccess> find_server(const ServerOptions& options);

}  // namespace app
