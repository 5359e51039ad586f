#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"

namespace acmecore {

// RFC 8555 §7.1.2. `revoked` is the server's doing, `deactivated` the subscriber's; neither ends.
enum class AccountStatus { valid, deactivated, revoked };
std::string_view name_of(AccountStatus status);

// A person has been asked to agree to terms of service, at an URL with this token in it.
struct Agreement {
  std::string terms_of_service;
  std::string token;

  bool operator==(const Agreement&) const = default;
};

struct Account {
  std::string id;
  AccountStatus status = AccountStatus::valid;
  std::vector<std::string> contacts;
  bool terms_of_service_agreed = false;
  std::string terms_of_service = {};        // the URL of those that were agreed to
  std::optional<Agreement> agreement = {};  // what somebody still has to agree to
  base::Bytes key_spki;                     // AccountKey::spki_der
  std::string key_thumbprint;               // AccountKey::thumbprint
  base::Time created;
  std::string principal;  // the gRPC credential whose account this is; empty: an ACME client's
  bool unused = false;    // an ACME client's that has not ordered yet

  bool operator==(const Account&) const = default;
};

}  // namespace acmecore
