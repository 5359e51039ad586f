#include "acmecore/external_account_restriction.h"

#include <utility>

#include "acmecore/dns_name_syntax.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;

bool is_allowed(const ExternalAccountRestriction& restriction, const Identifier& identifier) {
  return restriction.names.empty() || is_covered(restriction.names, identifier);
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
