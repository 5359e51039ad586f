#include <algorithm>
#include <utility>

#include "acmecore/authority.h"

// Authorizations that count for the names below theirs (RFC 9444).
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

Result<void> Authority::check_subdomains(const Directory& directory,
                                         std::span<const RequestedIdentifier> requested) {
  if (directory.subdomain_authorization) return {};
  const bool asks = std::ranges::any_of(requested, [](const RequestedIdentifier& identifier) {
    return identifier.subdomains || !identifier.ancestor.empty();
  });
  if (!asks) return {};
  return fail(ErrorKind::unauthorized,
              "in this directory each name is proved by itself: it has no authorizations that count for "
              "names below theirs (RFC 9444)");
}

// As reusable_authorization, of the nearest name above that has one.
Task<Result<std::optional<Stored<Authorization>>>> Authority::reusable_authorization_above(
    std::string account, Identifier identifier) {
  if (options_.authorization_reuse == std::chrono::seconds(0)) co_return std::nullopt;
  const base::Time now = clock_.now();
  const auto covering = covering_identifiers(identifier);
  for (size_t above = 1; above < covering.size(); ++above) {
    CO_TRY(const auto ids, co_await proved_authorizations(account, covering[above]));
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
      auto found = co_await records_.authorization(*id);
      if (!found && found.error().kind == ErrorKind::not_found) continue;  // removed since
      if (!found) co_return tl::unexpected(found.error());
      const bool is_good =
          covers(found->value, identifier) && may_be_reused(found->value, options_.authorization_reuse, now);
      if (is_good) co_return *std::move(found);
    }
  }
  co_return std::nullopt;
}

}  // namespace acmecore
