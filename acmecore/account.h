#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/directory.h"
#include "acmecore/external_account_restriction.h"
#include "acmecore/identifier.h"
#include "base/bytes.h"
#include "base/error.h"
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

// Where an account comes from that was made with an external account binding (RFC 8555 §7.3.4). It stays as it
// was then, whatever becomes of the key.
struct ExternalAccount {
  std::string key_id;
  std::string binding;  // the JSON object that vouched for it
  ExternalAccountRestriction restriction = {};

  bool operator==(const ExternalAccount&) const = default;
};

struct Account {
  std::string id;
  std::string directory = std::string(kDefaultDirectory);  // no other knows it
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
  std::optional<ExternalAccount> external_account = {};
  std::optional<base::Time> revoked = {};  // when an operator disabled it

  bool operator==(const Account&) const = default;
};

// account_not_valid: it is deactivated or revoked.
base::Result<void> check_valid(const Account& account);

// Of its certificates, by the key that the account comes from. Nothing: no limit of its own.
std::optional<std::chrono::seconds> certificate_lifetime_max(const Account& account);

// Whether the key that the account comes from allows these: the errors of check_allowed.
base::Result<void> check_external_account(const Account& account, const std::vector<Identifier>& identifiers);

}  // namespace acmecore
