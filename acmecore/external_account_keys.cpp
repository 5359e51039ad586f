#include "acmecore/external_account_keys.h"

#include <algorithm>
#include <set>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/optimism.h"
#include "acmecore/text_line.h"
#include "acmecore/validity.h"
#include "base/random.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

Result<void> check_restriction(const ExternalAccountRestriction& restriction) {
  if (restriction.names.size() > kAllowedNamesMax) {
    return fail(ErrorKind::malformed, "a key allows at most " + std::to_string(kAllowedNamesMax) + " names");
  }
  const auto& lifetime = restriction.certificate_lifetime_max;
  if (lifetime && *lifetime < kLeafLifetimeMin) {
    return fail(ErrorKind::malformed, "no certificate has a lifetime of less than " +
                                          std::to_string(kLeafLifetimeMin.count()) + " hours");
  }
  return {};
}

}  // namespace

Task<Result<ExternalAccountKey>> ExternalAccountKeys::create(NewExternalAccountKey wanted, Actor by) {
  ExternalAccountKey key;
  CO_TRY(key.directory, directory_for(wanted.directory));
  CO_CHECK(check_line("comment", wanted.comment, kExternalAccountCommentMax));
  key.comment = std::move(wanted.comment);
  CO_CHECK(check_profiles(wanted.restriction.profiles, key.directory));
  CO_CHECK(check_restriction(wanted.restriction));
  key.restriction = std::move(wanted.restriction);
  key.created = clock_.now();
  if (wanted.expires && *wanted.expires <= key.created) {
    co_return fail(ErrorKind::malformed, "the key would have expired at " + base::rfc3339(*wanted.expires));
  }
  key.expires = wanted.expires;
  if (wanted.uses_max < 1 || wanted.uses_max > kExternalAccountUsesMax) {
    co_return fail(ErrorKind::malformed,
                   "a key has from 1 to " + std::to_string(kExternalAccountUsesMax) + " uses");
  }
  key.uses_max = wanted.uses_max;
  key.id = base::time_ordered_id(key.created);
  key.mac_key = base::random_bytes(kMacKeySize);
  Changes changes;
  changes.create(key);
  changes.note(audit_event(audit_kind::kExternalAccountKeyCreated, key, std::move(by), key.created));
  CO_TRY([[maybe_unused]] const auto revision, co_await records_.commit(std::move(changes)));
  co_return key;
}

Task<Result<ExternalAccountKey>> ExternalAccountKeys::get(std::string id) {
  CO_TRY(auto stored, co_await records_.external_account_key(std::move(id)));
  co_return std::move(stored.value);
}

Task<Result<Page<ExternalAccountKey>>> ExternalAccountKeys::list(std::string after, size_t limit) {
  Page<ExternalAccountKey> page;
  CO_TRY(page.found, co_await records_.external_account_keys(std::move(after), limit));
  if (page.found.size() == limit) page.next = page.found.back().id;
  co_return page;
}

Task<Result<ExternalAccountKey>> ExternalAccountKeys::set_disabled(std::string id, bool disabled, Actor by) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await records_.external_account_key(id));
    stored->disabled = disabled;
    Changes changes;
    changes.update(stored);
    if (disabled) changes.use_reserve();
    changes.note(audit_event(
        disabled ? audit_kind::kExternalAccountKeyDisabled : audit_kind::kExternalAccountKeyEnabled,
        stored.value, by, clock_.now()));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return std::move(stored.value);
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Task<Result<void>> ExternalAccountKeys::remove(std::string id, Actor by) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(const auto stored, co_await records_.external_account_key(id));
    Changes changes;
    changes.erase(stored);
    changes.note(audit_event(audit_kind::kExternalAccountKeyRemoved, stored.value, by, clock_.now()));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return Result<void>();
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Result<void> ExternalAccountKeys::check_profiles(const std::vector<std::string>& profiles,
                                                 const std::string& directory) const {
  std::set<std::string> offered;
  for (const Profile* profile : profiles_.shown_by(directory))
    offered.insert(profile->name);
  for (const std::string& profile : profiles) {
    if (offered.erase(profile) > 0) continue;
    return fail(ErrorKind::malformed, "the profile " + in_quotes(profile) +
                                          " is named twice, or is none that the directory " +
                                          in_quotes(directory) + " offers");
  }
  return {};
}

Result<std::string> ExternalAccountKeys::directory_for(const std::string& wanted) const {
  if (wanted.empty() && directories_.size() > 1) {
    return fail(ErrorKind::malformed, "there are several directories: say which one the key is for");
  }
  const auto found = std::ranges::find_if(
      directories_, [&](const Directory& directory) { return wanted.empty() || directory.name == wanted; });
  if (found == directories_.end())
    return fail(ErrorKind::malformed, "there is no directory " + in_quotes(wanted));
  if (found->external_account != ExternalAccountMode::off) return found->name;
  return fail(ErrorKind::malformed, "the directory " + in_quotes(found->name) +
                                        " makes accounts without keys: its external_account is \"off\"");
}

}  // namespace acmecore
