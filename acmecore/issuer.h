#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/alternate_chain.h"
#include "acmecore/certificate.h"
#include "acmecore/crl.h"
#include "acmecore/development_ca.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/lint/finding_log.h"
#include "acmecore/ocsp_response.h"
#include "acmecore/public_key.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// The issuing CA: the one place where leaves, and what says that they are revoked, are signed. Immutable once open; any
// thread may use it.
class Issuer {
 public:
  // unavailable: a key and its certificate do not belong together, the issuing certificate is not signed by
  // the root or is no CA certificate for server certificates, or one of them is not valid at `now`. The
  // detail says which. The errors of read_alternate_chain. What else the two certificates are not as RFC 5280 asks is
  // told to the log.
  static base::Result<Issuer> open(const CaMaterial& material, base::Time now,
                                   const std::vector<ChainFile>& alternates = {});

  // Writes the leaf that is asked for (leaf_profile.h), lints it (lint/lint.h), reads it back and compares it with the
  // request, and signs it; reads the certificate back and compares again before anyone sees it. The caller has recorded
  // the serial durably and never passes it again. internal: one of these found something, or OpenSSL failed.
  //
  // `check` says of the very octets that are about to be signed whether they may be; its error is returned. Without
  // it, for the names of our own listeners, for which no subscriber asked.
  using TbsCheck = std::function<base::Result<void>(const Certificate& tbs)>;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request, const TbsCheck& check) const;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request) const;

  // Signs a CRL once it has passed lint_crl, and reads the signature back. `entries` are append_entry's. The caller has
  // recorded the number durably and never passes it again; `number_before` is that of the CRL before it. internal: it
  // breaks a rule, or OpenSSL failed. Takes about a second for a million entries.
  // REQUIRES: check_crl_issuer(certificate()).
  base::Result<base::Bytes> sign_crl(const CrlFields& fields, base::BytesView entries,
                                     uint64_t number_before) const;

  // internal: OpenSSL failed. REQUIRES: check_ocsp_signer(certificate()).
  base::Result<base::Bytes> sign_ocsp_response(const OcspFields& fields) const;

  // Whether this CA signed it: its issuer is our subject, and the signature is by our key.
  bool signed_crl(const Crl& crl) const;

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

  base::Result<void> lint_tbs(base::BytesView tbs_der, const LeafRequest& request) const;

  SigningKey key_;
  PublicKey public_key_;
  Certificate certificate_;
  std::string root_pem_;
  std::vector<Chain> chains_;
  std::unique_ptr<lint::FindingLog> findings_;
};

}  // namespace acmecore
