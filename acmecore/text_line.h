#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"

namespace acmecore {

// Whether `text`, which a person wrote, is UTF-8 without control characters, of at most `size_max` octets. It may be
// empty. malformed: a sentence that calls it "the `what`".
base::Result<void> check_line(std::string_view what, std::string_view text, size_t size_max);

}  // namespace acmecore
