#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/name.h"
#include "base/task.h"
#include "storage/store.h"

namespace dnsserver {

using base::Bytes;
using base::Name;
using base::Result;

// Of one credential.
inline constexpr size_t kKeptAccountsMax = 1000;
inline constexpr size_t kKeptAccountSizeMax = 4096;

struct KeptAccount {
  Name domain;
  std::string document;  // as the client wrote it
};

// What clients keep with us instead of in a file of their own: by domain, the account at an acme-dns that they have
// for it. Each credential has its own, and they go with it. Nothing here reads the documents.
//
// All may fail as the store does. The store outlives it. Thread-safe.
class KeptAccounts {
 public:
  explicit KeptAccounts(storage::Store& store) : store_(store) {}

  base::Task<Result<std::optional<std::string>>> find(std::string credential, Name domain);
  // At most kKeptAccountsMax, in the order of their keys.
  base::Task<Result<std::vector<KeptAccount>>> list(std::string credential);
  // In the place of what was there. too_large: over one of the limits above.
  base::Task<Result<void>> put(std::string credential, Name domain, std::string document);

 private:
  storage::Store& store_;
};

}  // namespace dnsserver
