#pragma once

#include <string>
#include <vector>

#include "acmecore/name_pattern.h"
#include "acmecore/public_suffixes.h"

namespace acmecore {

// This machine's, one for all tests of a process.
inline const PublicSuffixes& test_suffixes() {
  static const PublicSuffixes suffixes = PublicSuffixes::open().value();
  return suffixes;
}

inline std::vector<NamePattern> patterns(const std::vector<std::string>& texts) {
  std::vector<NamePattern> parsed;
  for (const std::string& text : texts)
    parsed.push_back(NamePattern::parse(text).value());
  return parsed;
}

inline Identifier identifier(const std::string& text) { return parse_identifier({"dns", text}).value(); }

}  // namespace acmecore
