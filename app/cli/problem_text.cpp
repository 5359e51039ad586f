#include "app/cli/problem_text.h"

#include <string>

namespace app {

namespace {

// What ACME has a word for is a URN that ends in it.
std::string in_brackets(const std::string& type) {
  return type.starts_with("urn:") ? " (" + type.substr(type.rfind(':') + 1) + ")" : "";
}

}  // namespace

void print_problem(std::ostream& out, const assay::v1::Problem& problem, std::string_view margin) {
  out << margin << problem.detail() << in_brackets(problem.type()) << "\n";
  for (const auto& subproblem : problem.subproblems()) {
    out << margin << "  " << subproblem.identifier() << ": " << subproblem.detail()
        << in_brackets(subproblem.type()) << "\n";
  }
}

}  // namespace app
