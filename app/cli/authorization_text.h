#pragma once

#include <ostream>
#include <string_view>

#include "assay/v1/authorization.pb.h"

namespace app {

// Each line behind `margin`.
void print_authorization(std::ostream& out, const assay::v1::Authorization& authorization,
                         std::string_view margin);

}  // namespace app
