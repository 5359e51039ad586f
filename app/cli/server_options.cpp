#include "app/cli/server_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/files.h"
#include "app/run_file.h"

namespace app {

using base::Result;

namespace {

constexpr const char* kGroup = "Which server";
constexpr const char* kStateOfDev = "assay-dev";

// The state directory to look into; empty: none. A server that is named is not one that happens to be here.
std::filesystem::path state_of(const ServerOptions& options) {
  if (!options.state.empty() || !options.server.empty()) return options.state;
  std::error_code ignored;  // what cannot be looked at is not there
  return std::filesystem::exists(std::filesystem::path(kStateOfDev) / kRunFile, ignored) ? kStateOfDev : "";
}

// A server that listens at every address is called where its certificate has a name for it.
std::string reachable(const base::Endpoint& endpoint) {
  const bool is_any = endpoint.address == "0.0.0.0" || endpoint.address == "::";
  return is_any ? "localhost:" + std::to_string(endpoint.port) : endpoint.text();
}

Result<void> complete(ServerOptions& options) {
  const auto state = state_of(options);
  if (state.empty()) {
    if (!options.server.empty()) return {};
    return base::fail(base::ErrorKind::not_found,
                      "which server? Give --server HOST:PORT with --ca and --token-file, or the --state "
                      "directory of a server on this machine");
  }
  auto run = read_run_file(state);
  if (!run || run->grpc.empty()) {
    return base::fail(base::ErrorKind::not_found, "no server that takes commands runs in " + state.string() +
                                                      (run ? "" : " (" + run.error().detail + ")"));
  }
  if (options.server.empty()) options.server = reachable(run->grpc.front());
  if (options.ca_file.empty()) options.ca_file = run->ca_file;
  if (options.token_file.empty() && options.client_certificate.empty()) options.token_file = run->token_file;
  return {};
}

}  // namespace

std::shared_ptr<const ServerOptions> add_server_options(CLI::App& group) {
  const auto given = std::make_shared<ServerOptions>();
  ServerOptions& options = *given;
  group.fallthrough();
  const auto add = [&group](const char* name, auto& value, const char* type, const char* text) {
    return group.add_option(name, value, text)->type_name(type)->group(kGroup);
  };
  add("--server", options.server, "HOST:PORT", "The server's gRPC address")->envname("ASSAY_SERVER");
  add("--ca", options.ca_file, "FILE", "PEM: the CA of the server's certificate; else the system's")
      ->envname("ASSAY_CA");
  add("--token-file", options.token_file, "FILE", "Its first line is the token that says who calls")
      ->envname("ASSAY_TOKEN_FILE");
  auto* certificate = add("--client-certificate", options.client_certificate, "FILE",
                          "PEM: a certificate, and what leads to its root, that says who calls");
  auto* key = add("--client-key", options.client_key, "FILE", "PEM: the key of that certificate");
  certificate->needs(key);
  key->needs(certificate);
  add("--state", options.state, "DIR",
      "State directory of a server on this machine, which says all of the above; else ./assay-dev")
      ->envname("ASSAY_STATE");
  group
      .add_option_function<std::string>(
          "--output",
          [given](const std::string& word) {
            if (word != "text" && word != "json") throw CLI::ValidationError("--output", "text or json");
            given->output = word == "json" ? Output::json : Output::text;
          },
          "text, or json: what the API answered, one object a line")
      ->type_name("text|json")
      ->group(kGroup);
  return given;
}

Result<ServerAccess> find_server(const ServerOptions& given) {
  ServerOptions options = given;
  CHECK(complete(options));
  ServerAccess access;
  access.server = options.server;
  if (!options.ca_file.empty()) {
    TRY(access.ca_pem, read_file(options.ca_file));
  }
  if (!options.token_file.empty()) {
    TRY(access.token, read_token(options.token_file));
  }
  if (!options.client_certificate.empty()) {
    TRY(access.client_certificate_pem, read_file(options.client_certificate));
    TRY(access.client_key_pem, read_file(options.client_key));
  }
  return access;
}

}  // namespace app
