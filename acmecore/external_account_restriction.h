#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/identifier.h"
#include "acmecore/name_pattern.h"
#include "base/error.h"

namespace acmecore {

inline constexpr size_t kAllowedNamesMax = 100;

// What the accounts that a key made may have certified.
struct ExternalAccountRestriction {
  std::vector<NamePattern> names = {};  // one of which covers each identifier; none: any identifier
  std::optional<std::chrono::seconds> certificate_lifetime_max = {};
  std::vector<std::string> profiles = {};  // by their names; none: those that the directory offers

  bool operator==(const ExternalAccountRestriction&) const = default;
};

bool is_allowed(const ExternalAccountRestriction& restriction, const Identifier& identifier);

// rejected_identifier: some are not allowed, with one suberror for each. `key` is the one that restricts.
base::Result<void> check_allowed(const ExternalAccountRestriction& restriction, std::string_view key,
                                 const std::vector<Identifier>& identifiers);

}  // namespace acmecore
