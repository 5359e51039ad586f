#include "app/cli/report.h"

#include <ostream>

namespace app {

ExitCode report(Terminal& terminal, const base::Error& error) {
  terminal.err << "assay: " << error.detail << "\n";
  for (const base::Suberror& suberror : error.suberrors) {
    terminal.err << "  " << suberror.identifier << ": " << suberror.detail << " (" << name_of(suberror.kind)
                 << ")\n";
  }
  return ExitCode::failed;
}

}  // namespace app
