#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace app {

// The first word of each line of a file, or of standard input if it is "-", whatever blanks are before it: the rest of
// a line, and lines whose first word begins with '#', are for people. unavailable: it cannot be read to its end.
// malformed: there is none; `what` says of what.
base::Result<std::vector<std::string>> read_first_words(const std::string& file, const std::string& what);

}  // namespace app
