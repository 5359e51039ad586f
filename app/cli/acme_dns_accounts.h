#pragma once

#include <string>
#include <vector>

#include "app/cli/acme_dns_database.h"
#include "assay/v1/account_import.pb.h"
#include "base/name.h"
#include "base/time.h"

namespace app {

// acme-dns serves a value until newer ones take its place, so it is not known which are still looked for. Those that
// are older are not.
inline constexpr std::chrono::milliseconds kForeignLifetime = std::chrono::days(7);

// What is to be taken of acme-dns's database, and what is not.
struct AcmeDnsAccounts {
  struct LeftOut {
    std::string what;
    std::string why;

    bool operator==(const LeftOut&) const = default;
  };

  std::vector<assay::v1::ForeignAccount> accounts;
  std::vector<LeftOut> left_out;  // accounts, and values that no account owns
  size_t old_value_count = 0;     // that nobody looks for any more
};

// The names are the subdomains under `domain`, which is acme-dns's `general.domain`. An account with a network that
// cannot be read is left out, because it would be open to more than it was.
AcmeDnsAccounts accounts_of(const AcmeDnsDatabase& database, const base::Name& domain, base::Time now);

}  // namespace app
