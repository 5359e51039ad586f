#include "acmecore/account_keys.h"

#include <utility>

namespace acmecore {

base::Result<AccountKeyPtr> AccountKeys::key_of(const Account& account) {
  if (AccountKeyPtr key = find(account.key_thumbprint)) return key;
  TRY(AccountKey imported, AccountKey::from_stored(account.key_spki, account.key_thumbprint));
  auto key = std::make_shared<const AccountKey>(std::move(imported));
  insert(key);
  return key;
}

size_t AccountKeys::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

AccountKeyPtr AccountKeys::find(const std::string& thumbprint) {
  const std::lock_guard lock(mutex_);
  const auto found = by_thumbprint_.find(thumbprint);
  if (found == by_thumbprint_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return *found->second;
}

void AccountKeys::insert(AccountKeyPtr key) {
  const std::lock_guard lock(mutex_);
  if (by_thumbprint_.contains(key->thumbprint())) return;  // another request was faster
  entries_.push_front(std::move(key));
  by_thumbprint_.emplace(entries_.front()->thumbprint(), entries_.begin());
  if (entries_.size() <= keys_max_) return;
  by_thumbprint_.erase(entries_.back()->thumbprint());
  entries_.pop_back();
}

}  // namespace acmecore
