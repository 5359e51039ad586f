#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "app/check_config.h"
#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/serve.h"
#include "base/config.h"

namespace app {

namespace {

struct ServeOptions {
  std::filesystem::path config;
  bool check = false;
};

base::Result<void> check(const base::Config& config, const ServeOptions& options, std::ostream& out) {
  CHECK(check_config(config));
  out << options.config.string() << ": ok\n";
  return {};
}

ExitCode run(const ServeOptions& options, Terminal& terminal) {
  const auto config = base::load_config(options.config);
  if (!config) return report(terminal, config.error());
  const auto ready = [](const RunFile&) {};  // the log says it
  const auto outcome =
      options.check ? check(*config, options, terminal.out) : serve(*config, OwnZones(), ready);
  return outcome ? ExitCode::done : report(terminal, outcome.error());
}

}  // namespace

void add_serve(CLI::App& program, Command& chosen) {
  const auto options = std::make_shared<ServeOptions>();
  auto* command =
      program.add_subcommand("serve", "Run a server: DNS, ACME and gRPC, as its configuration says");
  command->add_option("--config", options->config, "Configuration, TOML")->type_name("FILE")->required();
  command->add_flag("--check", options->check, "Only say whether a server could be started with it");
  command->callback(
      [&chosen, options] { chosen = [options](Terminal& terminal) { return run(*options, terminal); }; });
}

}  // namespace app
