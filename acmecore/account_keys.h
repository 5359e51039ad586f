#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "acmecore/account.h"
#include "acmecore/account_key.h"
#include "base/error.h"

namespace acmecore {

inline constexpr size_t kAccountKeysMax = 10'000;

// The keys of the accounts that asked last, ready to verify with: reading one from its SPKI each time adds a
// third to the cost of a signature check. Found by thumbprint, so a key that an account left is simply not
// asked for.
//
// Thread-safe, because requests of one account come over many connections. The lock is held for a look-up.
class AccountKeys {
 public:
  explicit AccountKeys(size_t keys_max = kAccountKeysMax) : keys_max_(keys_max) {}

  // The account's key. internal: its record holds none.
  base::Result<AccountKeyPtr> key_of(const Account& account);

  size_t size() const;

 private:
  AccountKeyPtr find(const std::string& thumbprint);
  void insert(AccountKeyPtr key);

  const size_t keys_max_;
  mutable std::mutex mutex_;
  std::list<AccountKeyPtr> entries_;  // the one used last in front
  std::unordered_map<std::string, std::list<AccountKeyPtr>::iterator> by_thumbprint_;
};

}  // namespace acmecore
