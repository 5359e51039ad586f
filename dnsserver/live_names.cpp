#include "dnsserver/live_names.h"

#include <algorithm>

#include "dnsserver/keys.h"
#include "dnsserver/stored.h"

namespace dnsserver {

bool counts_names(const Credential& credential) {
  const auto is_subtree = [](const Scope& scope) { return scope.reach == Scope::Reach::subtree; };
  return credential.scopes.size() > credential.limits.names ||
         std::ranges::any_of(credential.scopes, is_subtree);
}

base::Task<Result<void>> LiveNames::load(storage::Store& store) {
  unload();
  storage::Range range{.prefix = all_challenges_prefix()};
  std::vector<storage::Entry> entries;
  do {
    CO_TRY(entries, co_await store.list(range));
    for (const storage::Entry& entry : entries) {
      CO_TRY(const Challenge challenge, decode_challenge(entry.value));
      names_[challenge.credential].insert(challenge.owner.sort_key());
    }
    if (!entries.empty()) range.after = entries.back().key;
  } while (entries.size() == range.limit);
  is_loaded_ = true;
  co_return Result<void>();
}

void LiveNames::unload() {
  is_loaded_ = false;
  names_.clear();
}

bool LiveNames::has(const std::string& credential, const Name& owner) const {
  const auto found = names_.find(credential);
  return found != names_.end() && found->second.contains(owner.sort_key());
}

size_t LiveNames::count(const std::string& credential) const {
  const auto found = names_.find(credential);
  return found == names_.end() ? 0 : found->second.size();
}

void LiveNames::set(const std::string& credential, const Name& owner, bool holds_value) {
  if (!is_loaded_) return;
  if (holds_value) {
    names_[credential].insert(owner.sort_key());
    return;
  }
  const auto found = names_.find(credential);
  if (found == names_.end()) return;
  found->second.erase(owner.sort_key());
  if (found->second.empty()) names_.erase(found);
}

}  // namespace dnsserver
