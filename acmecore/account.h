#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace acmecore {

// RFC 8555 §7.1.2. `revoked` is the server's doing, `deactivated` the subscriber's; neither ends.
enum class AccountStatus { valid, deactivated, revoked };
std::string_view name_of(AccountStatus status);

struct Account {
  std::string id;
  AccountStatus status = AccountStatus::valid;
  std::vector<std::string> contacts;
  bool terms_of_service_agreed = false;
  base::Bytes key_spki;        // AccountKey::spki_der
  std::string key_thumbprint;  // AccountKey::thumbprint
  base::Time created;
  std::string principal;  // the gRPC credential whose account this is; empty: an ACME client's
  bool unused = false;    // an ACME client's that has not ordered yet

  bool operator==(const Account&) const = default;
};

}  // namespace acmecore
