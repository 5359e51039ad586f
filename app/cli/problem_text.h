#pragma once

#include <ostream>
#include <string_view>

#include "assay/v1/problem.pb.h"

namespace app {

// A line for the problem and one for each subproblem, each behind `margin`.
void print_problem(std::ostream& out, const assay::v1::Problem& problem, std::string_view margin);

}  // namespace app
