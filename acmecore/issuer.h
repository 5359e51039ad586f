#pragma once

#include <functional>
#include <string>

#include "acmecore/certificate.h"
#include "acmecore/development_ca.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/public_key.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// The issuing CA: the one place where leaves are signed. Immutable once open; any thread may use it.
class Issuer {
 public:
  // unavailable: a key and its certificate do not belong together, the issuing certificate is not signed by
  // the root or is no CA certificate for server certificates, or one of them is not valid at `now`. The
  // detail says which.
  static base::Result<Issuer> open(const CaMaterial& material, base::Time now);

  // Checks the request, signs it by the leaf profile (leaf_profile.h), reads the certificate back and
  // compares it with the request before anyone sees it. The caller has recorded the serial durably and never
  // passes it again. internal: a check failed, or OpenSSL did.
  //
  // `check` says of the very octets that are about to be signed whether they may be; its error is returned. Without
  // it, for the names of our own listeners, for which no subscriber asked.
  using TbsCheck = std::function<base::Result<void>(const Certificate& tbs)>;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request, const TbsCheck& check) const;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request) const;

  // "application/pem-certificate-chain" (RFC 8555 §9.1): the leaf, then the issuing CA; not the root, which
  // whoever verifies must have already.
  std::string chain_pem(base::BytesView leaf_der) const;

  // Names the issuing CA in an URL: SHA-256 of its certificate, in lower-case hexadecimal.
  const std::string& id() const { return id_; }

  const Certificate& certificate() const { return certificate_; }
  const std::string& root_pem() const { return root_pem_; }

  // When the issuing CA ends: leaf_validity's last argument.
  base::Time not_after() const { return certificate_.validity.not_after; }

 private:
  Issuer(SigningKey key, PublicKey public_key, Certificate certificate, std::string root_pem);

  SigningKey key_;
  PublicKey public_key_;
  Certificate certificate_;
  std::string certificate_pem_;
  std::string id_;
  std::string root_pem_;
};

}  // namespace acmecore
