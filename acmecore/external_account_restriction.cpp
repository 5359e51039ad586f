#include "acmecore/external_account_restriction.h"

#include <algorithm>

#include "acmecore/dns_name_syntax.h"
#include "base/bytes.h"
#include "base/name.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kOneLabel = "*.";
constexpr std::string_view kAnyLabels = "**.";

bool matches(std::string_view pattern, std::string_view name) {
  const bool any_depth = pattern.starts_with(kAnyLabels);
  if (!any_depth && !pattern.starts_with(kOneLabel)) return name == pattern;
  const std::string_view below = pattern.substr(pattern.find('.'));  // ".corp.example"
  if (name.size() <= below.size() || !name.ends_with(below)) return false;
  return any_depth || name.find('.') == name.size() - below.size();
}

}  // namespace

Result<std::string> parse_allowed_name(std::string_view pattern) {
  std::string lowered = base::lower(pattern);
  std::string_view name = lowered;
  for (const std::string_view prefix : {kAnyLabels, kOneLabel}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    break;
  }
  if (name.starts_with('*')) {
    return fail(ErrorKind::malformed,
                in_quotes(pattern) + " has more than one \"*.\" or \"**.\" in front of a name");
  }
  CHECK(check_dns_name(name));
  return lowered;
}

bool is_allowed(const ExternalAccountRestriction& restriction, const Identifier& identifier) {
  if (restriction.names.empty()) return true;
  const std::string name = identifier.text();
  return std::ranges::any_of(restriction.names,
                             [&](const std::string& pattern) { return matches(pattern, name); });
}

Result<void> check_allowed(const ExternalAccountRestriction& restriction, std::string_view key,
                           const std::vector<Identifier>& identifiers) {
  base::Error refusal{ErrorKind::rejected_identifier, "", {}};
  for (const Identifier& identifier : identifiers) {
    if (is_allowed(restriction, identifier)) continue;
    refusal.suberrors.push_back({ErrorKind::rejected_identifier,
                                 in_quotes(identifier.text()) +
                                     " is none of the names that the external account key " +
                                     std::string(key) + " allows",
                                 identifier.text()});
  }
  if (refusal.suberrors.empty()) return {};
  refusal.detail = refusal.suberrors.size() == 1
                       ? refusal.suberrors[0].detail
                       : std::to_string(refusal.suberrors.size()) + " of the identifiers are refused";
  return tl::unexpected(std::move(refusal));
}

}  // namespace acmecore
