#pragma once

#include <optional>
#include <string>

#include "acmecore/account.h"
#include "acmecore/account_key.h"
#include "acmecore/account_keys.h"
#include "acmecore/directory.h"
#include "acmecore/jws.h"
#include "acmecore/nonces.h"
#include "acmecore/records.h"
#include "acmecore/requester.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"

namespace acmecore {

// By what a request names its key (RFC 8555 §6.2).
enum class KeyForm {
  kid,     // an account: everything but the two below
  jwk,     // the key itself: newAccount
  either,  // revokeCert: the account's, or the certificate's own
};

// A request whose signature was verified and whose nonce is used up.
struct SignedRequest {
  base::Bytes payload;               // empty: a POST-as-GET
  std::optional<Requester> account;  // of the kid; its status is valid
  std::optional<AccountKey> jwk;     // exactly one of the two is there

  bool is_post_as_get() const { return payload.empty(); }
};

// Finds out who sent a POST, by all the rules of RFC 8555 §6.2 to §6.5 in the order of acmecore/jws.h. Thread-safe.
class Authenticator {
 public:
  // An account's URL is `account_url_prefix` and its id; those of another directory are not known. The references
  // outlive the authenticator.
  Authenticator(Records& records, Nonces& nonces, std::string account_url_prefix,
                std::string directory = std::string(kDefaultDirectory));

  // `url` is that of the resource as we hand it out, never one taken from the request.
  //
  // The errors of parse_jws, check_url and verify_signature, and: malformed: the wrong form of key, or a kid that is
  // no account URL of this directory. account_does_not_exist. account_not_valid: it was deactivated. bad_nonce, last
  // of all.
  base::Task<base::Result<SignedRequest>> authenticate(std::string body, std::string url, KeyForm form);

  std::string account_url(const Account& account) const { return account_url_prefix_ + account.id; }

 private:
  base::Task<base::Result<Account>> account_of(std::string kid);

  Records& records_;
  Nonces& nonces_;
  const std::string account_url_prefix_;
  const std::string directory_;
  AccountKeys keys_;
};

}  // namespace acmecore
