#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/alternate_chain.h"
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
  // detail says which. The errors of read_alternate_chain.
  static base::Result<Issuer> open(const CaMaterial& material, base::Time now,
                                   const std::vector<ChainFile>& alternates = {});

  // Checks the request, signs it by the leaf profile (leaf_profile.h), reads the certificate back and
  // compares it with the request before anyone sees it. The caller has recorded the serial durably and never
  // passes it again. internal: a check failed, or OpenSSL did.
  //
  // `check` says of the very octets that are about to be signed whether they may be; its error is returned. Without
  // it, for the names of our own listeners, for which no subscriber asked.
  using TbsCheck = std::function<base::Result<void>(const Certificate& tbs)>;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request, const TbsCheck& check) const;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request) const;

  // How many chains a leaf can be had with (RFC 8555 §7.4.2): the usual one, 0, and then the alternates in the order of
  // their files.
  size_t chains() const { return chains_.size(); }

  // "application/pem-certificate-chain" (RFC 8555 §9.1): the leaf, then the issuing CA; not the root, which whoever
  // verifies must have already. Of an alternate, what its file has. REQUIRES here and below: chain < chains().
  std::string chain_pem(base::BytesView leaf_der, size_t chain = 0) const;

  // Names the issuing CA's certificate of a chain in an URL: its SHA-256, in lower-case hexadecimal.
  const std::string& id(size_t chain = 0) const;

  // That certificate, in DER. Null: there is none with this id.
  const base::Bytes* issuing_der(std::string_view id) const;

  const Certificate& certificate() const { return certificate_; }
  const std::string& root_pem() const { return root_pem_; }

  // When the issuing CA ends: leaf_validity's last argument.
  base::Time not_after() const { return certificate_.validity.not_after; }

 private:
  struct Chain {
    std::string id;
    base::Bytes issuing_der;
    std::string pem;  // what is behind the leaf
  };

  Issuer(SigningKey key, PublicKey public_key, Certificate certificate, std::string root_pem,
         const std::vector<AlternateChain>& alternates);

  SigningKey key_;
  PublicKey public_key_;
  Certificate certificate_;
  std::string root_pem_;
  std::vector<Chain> chains_;
};

}  // namespace acmecore
