#pragma once

#include <memory>

#include "acmecore/pkcs11/token_module.h"
#include "acmecore/public_key.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore::pkcs11 {

// A CA's key in a token, which it never leaves.
class TokenKey final : public SigningKey {
 public:
  // The module is shared by all keys that are reached through it. `spki_der`: the key's, as a certificate has it; the
  // token may be away then. Empty: the token is asked for it. unavailable: as TokenModule::spki_of. malformed: as
  // TokenModule::check, or no CA signs with such a key.
  static base::Result<std::unique_ptr<const SigningKey>> open(std::shared_ptr<TokenModule> module,
                                                              TokenKeyName name, base::BytesView spki_der);

  // unavailable: as TokenModule::sign; also where the token's signature is not by the key that it should be.
  base::Result<base::Bytes> sign(base::BytesView message) const override;

 private:
  TokenKey(std::shared_ptr<TokenModule> module, TokenKeyName name, base::Bytes spki_der, PublicKey public_key,
           SignatureAlgorithm algorithm);

  base::Result<base::Bytes> raw_signature(base::BytesView message) const;

  const std::shared_ptr<TokenModule> module_;
  const TokenKeyName name_;
  const PublicKey public_key_;
};

}  // namespace acmecore::pkcs11
