#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acmecore/identifier.h"
#include "base/error.h"

namespace acmecore {

// Which names somebody may have, or may not:
//   corp.example     this name and no other
//   *.corp.example   names exactly one label below corp.example
//   **.corp.example  names any number of labels below it, but not corp.example itself
//   **               every name
class NamePattern {
 public:
  // Upper case is taken as lower case. malformed: anything else, with a sentence that names it.
  static base::Result<NamePattern> parse(std::string_view text);

  // Of the names that a certificate for `identifier` is good for (a wildcard's are all that are one label below it),
  // are all of this pattern? This is how a name is allowed.
  bool covers(const Identifier& identifier) const;

  // Is at least one of them? This is how a name is denied: a wildcard must not reach what may not be had.
  bool touches(const Identifier& identifier) const;

  // As it was written, in lower case.
  std::string text() const;

  bool operator==(const NamePattern&) const = default;

 private:
  enum class Depth { itself, one, any };

  NamePattern(Depth depth, std::string base) : depth_(depth), base_(std::move(base)) {}

  Depth depth_;
  std::string base_;  // empty: every name is below it
};

// The errors of NamePattern::parse.
base::Result<std::vector<NamePattern>> parse_patterns(const std::vector<std::string>& texts);

// By one of them.
bool is_covered(const std::vector<NamePattern>& patterns, const Identifier& identifier);

}  // namespace acmecore
