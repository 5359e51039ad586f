#pragma once

#include "app/cli/command.h"
#include "base/error.h"

namespace app {

// Says on stderr why a command failed, with a line for each suberror, and returns what to exit with.
ExitCode report(Terminal& terminal, const base::Error& error);

}  // namespace app
