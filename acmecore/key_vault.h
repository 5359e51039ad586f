#pragma once

#include <functional>
#include <memory>
#include <string>

#include "acmecore/signing_key.h"
#include "acmecore/software_key.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// What the key files of one issuer hold, and how they are opened. A key file has a PKCS#8 key in PEM, encrypted or not,
// or a PKCS#11 URI (RFC 7512) that says in which token the key is.
class KeyVault {
 public:
  // Finds the key of a URI. The key's SPKI where it is known, from a certificate: the token may then be away until the
  // first signature. Empty: the token is asked.
  using OpenToken = std::function<base::Result<std::unique_ptr<const SigningKey>>(const std::string& uri,
                                                                                  base::BytesView spki_der)>;

  // `passphrase`: of keys in encrypted files, and of those that are new; empty: there is none. `open_token`: null where
  // there is no token.
  explicit KeyVault(std::string passphrase = {}, OpenToken open_token = nullptr)
      : passphrase_(std::move(passphrase)), open_token_(std::move(open_token)) {}

  // unavailable: what a key file holds is no key, or cannot be opened; the errors of OpenToken.
  base::Result<std::unique_ptr<const SigningKey>> open(const std::string& held,
                                                       base::BytesView spki_der) const;

  // What the key file of a new key is to hold.
  std::string held_of(const SoftwareKey& key) const;

 private:
  std::string passphrase_;
  OpenToken open_token_;
};

// Where the key is that a key file holds or names, for people: "in a file", "in an encrypted file", or the URI without
// what is secret in it.
std::string place_of_key(const std::string& held);

bool is_token_uri(const std::string& held);

}  // namespace acmecore
