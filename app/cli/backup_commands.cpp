#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <memory>

#include "app/backup.h"
#include "app/cli/command.h"
#include "app/cli/report.h"
#include "base/config.h"

namespace app {

using base::Result;
using std::filesystem::path;

namespace {

struct StateOptions {
  path config;
  path state;
  path copy;
};

// Where the state is: as given, or as the configuration says.
Result<path> state_of(const StateOptions& options) {
  if (!options.state.empty()) return options.state;
  TRY(const base::Config config, base::load_config(options.config));
  return config.state_directory;
}

using Work = std::function<Result<void>(const path& state, const path& copy)>;

void set_up(CLI::App& command, const char* copy, const char* copy_text, Command& chosen, Work work) {
  const auto options = std::make_shared<StateOptions>();
  command.add_option(copy, options->copy, copy_text)->required();
  auto* config =
      command.add_option("--config", options->config, "Configuration of the server")->type_name("FILE");
  command.add_option("--state", options->state, "Its state directory")->type_name("DIR")->excludes(config);
  command.parse_complete_callback([options] {
    if (options->config.empty() && options->state.empty()) throw CLI::RequiredError("--config or --state");
  });
  command.callback([&chosen, options, work = std::move(work)] {
    chosen = [options, work](Terminal& terminal) {
      const auto state = state_of(*options);
      if (!state) return report(terminal, state.error());
      const auto outcome = work(*state, options->copy);
      return outcome ? ExitCode::done : report(terminal, outcome.error());
    };
  });
}

}  // namespace

void add_backup(CLI::App& program, Command& chosen) {
  auto* command = program.add_subcommand("backup", "Copy the state of a server, which may be running");
  set_up(*command, "DEST", "A directory that does not exist yet", chosen, backup_state);
}

void add_restore(CLI::App& program, Command& chosen) {
  auto* command = program.add_subcommand("restore", "Put a backup into an empty state directory");
  set_up(*command, "SRC", "What backup made", chosen,
         [](const path& state, const path& copy) { return restore_state(copy, state); });
}

}  // namespace app
