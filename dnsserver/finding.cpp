#include "dnsserver/finding.h"

#include <algorithm>

namespace dnsserver {

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::note: return "note";
  }
  return "";
}

size_t count_of(const Findings& findings, Severity severity) {
  return size_t(std::ranges::count(findings, severity, &Finding::severity));
}

void sort(Findings& findings) {
  // An unsigned 0 less 1 is the greatest of all.
  std::ranges::stable_sort(findings, {}, [](const Finding& finding) { return finding.line - 1; });
}

}  // namespace dnsserver
