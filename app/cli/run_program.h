#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"

namespace app {

// Understands `arguments` (without the program's name) and runs the command that they choose.
//
// `chosen` is what the callbacks of the program's commands set.
ExitCode run_program(CLI::App& program, const Command& chosen, std::vector<std::string> arguments,
                     Terminal& terminal);

// Moves what can only be the value of a challenge behind a "--" at the end: 43 characters of base64url
// (RFC 8555 §8.4), one in 64 of which begin with "-" and would be taken for an option.
std::vector<std::string> with_values_behind_options(std::vector<std::string> arguments);

}  // namespace app
