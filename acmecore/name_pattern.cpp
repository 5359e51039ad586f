#include "acmecore/name_pattern.h"

#include <algorithm>

#include "acmecore/dns_name_syntax.h"
#include "base/name.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;

namespace {

constexpr std::string_view kOneLabel = "*.";
constexpr std::string_view kAnyDepth = "**.";
constexpr std::string_view kEverything = "**";

}  // namespace

Result<NamePattern> NamePattern::parse(std::string_view text) {
  std::string base = base::lower(text);
  if (base == kEverything) return NamePattern(Depth::any, "");
  Depth depth = Depth::itself;
  if (base.starts_with(kAnyDepth)) {
    depth = Depth::any;
    base.erase(0, kAnyDepth.size());
  } else if (base.starts_with(kOneLabel)) {
    depth = Depth::one;
    base.erase(0, kOneLabel.size());
  }
  // A wildcard is what the check would take as well.
  const bool has_star = base.find('*') != std::string::npos;
  if (const auto good = check_dns_name(base); has_star || !good) {
    return base::fail(ErrorKind::malformed,
                      in_quotes(text) +
                          " is no pattern of names: \"corp.example\" is one, and so are "
                          "\"*.corp.example\", \"**.corp.example\" and \"**\"");
  }
  return NamePattern(depth, std::move(base));
}

bool NamePattern::covers(const Identifier& identifier) const {
  const std::string& name = identifier.name;
  switch (depth_) {
    case Depth::itself: return !identifier.wildcard && name == base_;
    case Depth::one: return identifier.wildcard ? name == base_ : parent_of(name) == base_;
    case Depth::any: return (identifier.wildcard && name == base_) || is_below(name, base_);
  }
  return false;
}

bool NamePattern::touches(const Identifier& identifier) const {
  const bool reaches = identifier.wildcard && depth_ == Depth::itself && parent_of(base_) == identifier.name;
  return reaches || covers(identifier);
}

std::string NamePattern::text() const {
  if (base_.empty()) return std::string(kEverything);
  switch (depth_) {
    case Depth::itself: return base_;
    case Depth::one: return std::string(kOneLabel) + base_;
    case Depth::any: return std::string(kAnyDepth) + base_;
  }
  return base_;
}

Result<std::vector<NamePattern>> parse_patterns(const std::vector<std::string>& texts) {
  std::vector<NamePattern> patterns;
  for (const std::string& text : texts) {
    TRY(auto pattern, NamePattern::parse(text));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

bool is_covered(const std::vector<NamePattern>& patterns, const Identifier& identifier) {
  return std::ranges::any_of(patterns,
                             [&](const NamePattern& pattern) { return pattern.covers(identifier); });
}

}  // namespace acmecore
