#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dnsserver {

// What a check of a zone file has to say.
enum class Severity {
  error,    // the zone cannot be held as it stands
  warning,  // it can, but that is hardly what was meant
  note,     // what this server does in its own way
};

struct Finding {
  size_t line = 0;  // from 1; 0: it concerns the file as a whole
  Severity severity = Severity::error;
  std::string text;  // a sentence that names the object

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

// "error", "warning", "note".
const char* name_of(Severity severity);

size_t count_of(const Findings& findings, Severity severity);

// By line; what concerns the whole file comes last.
void sort(Findings& findings);

}  // namespace dnsserver
