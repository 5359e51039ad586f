#pragma once

#include <functional>
#include <iosfwd>

namespace CLI {
class App;
}

namespace app {

// What the program exits with.
enum class ExitCode : int {
  done = 0,
  failed = 1,       // a sentence on stderr says what, and why
  usage = 2,        // the command line was not understood, and nothing was done
  unreachable = 3,  // no server answered; nothing is known to be done
  warned = 4,       // done, and a doctor's finding warns
};

struct Terminal {
  std::ostream& out;
  std::ostream& err;
};

// What the command line asked for, to be run once all of it was understood.
using Command = std::function<ExitCode(Terminal&)>;

// Each adds one command with its options to the program. The callback of the command that is called sets
// `chosen`. REQUIRES: both outlive parsing.
void add_serve(CLI::App& program, Command& chosen);
void add_dev(CLI::App& program, Command& chosen);
void add_zone(CLI::App& program, Command& chosen);
void add_txt(CLI::App& program, Command& chosen);
void add_credential(CLI::App& program, Command& chosen);
void add_external_account(CLI::App& program, Command& chosen);
void add_account(CLI::App& program, Command& chosen);
void add_order(CLI::App& program, Command& chosen);
void add_authorization(CLI::App& program, Command& chosen);
void add_directory(CLI::App& program, Command& chosen);
void add_ca(CLI::App& program, Command& chosen);
void add_cert(CLI::App& program, Command& chosen);
void add_policy(CLI::App& program, Command& chosen);
void add_revocation(CLI::App& program, Command& chosen);
void add_pause(CLI::App& program, Command& chosen);
void add_audit(CLI::App& program, Command& chosen);
void add_import(CLI::App& program, Command& chosen);
void add_doctor(CLI::App& program, Command& chosen);
void add_backup(CLI::App& program, Command& chosen);
void add_restore(CLI::App& program, Command& chosen);
void add_version(CLI::App& program, Command& chosen);
void add_man(CLI::App& program, Command& chosen);
void add_completion(CLI::App& program, Command& chosen);

}  // namespace app
