#pragma once

#include <memory>
#include <string>

#include "acmecore/key_contexts.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/json.h"
#include "base/openssl.h"

namespace acmecore {

enum class AccountKeyType { p256, p384, p521, ed25519, rsa };

// A public key that an account may have, fully checked and ready to verify with. Immutable; any thread may
// use it.
class AccountKey {
 public:
  // Reads a JWK (RFC 7517, 7518 §6, 8037): EC on P-256, P-384 or P-521, OKP Ed25519, RSA. Members that are
  // none of the key type's are ignored.
  //
  // malformed: not such a structure, or a member that is not base64url or not of the length its curve asks
  // for. bad_public_key: another key type or curve, a private member ("d" and its kin), and what
  // parse_public_key refuses: a point that is not on its curve, an RSA key that is too small, too large or
  // weak.
  static base::Result<AccountKey> from_jwk(const base::Json& jwk);

  // Reads back what spki_der() and thumbprint() gave. internal: it is something else.
  static base::Result<AccountKey> from_stored(base::BytesView spki_der, std::string thumbprint);

  AccountKeyType type() const { return type_; }

  // SubjectPublicKeyInfo in DER. Equal keys have equal octets.
  const base::Bytes& spki_der() const { return spki_der_; }

  // RFC 7638 with SHA-256, base64url: 43 characters.
  const std::string& thumbprint() const { return thumbprint_; }

  EVP_PKEY* handle() const { return key_.get(); }

  // To verify with; null unless the key is on an elliptic curve that ECDSA is for.
  const KeyContexts* ecdsa() const { return ecdsa_.get(); }

 private:
  AccountKey(AccountKeyType type, base::PkeyHandle key, base::Bytes spki_der, std::string thumbprint);

  AccountKeyType type_;
  base::PkeyHandle key_;
  std::unique_ptr<const KeyContexts> ecdsa_;
  base::Bytes spki_der_;
  std::string thumbprint_;
};

// Shared because a cache may drop a key while a request still verifies with it.
using AccountKeyPtr = std::shared_ptr<const AccountKey>;

}  // namespace acmecore
