#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/alternate_chain.h"
#include "acmecore/ca_chain.h"
#include "acmecore/certificate.h"
#include "acmecore/crl.h"
#include "acmecore/crl_lint.h"
#include "acmecore/development_ca.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/lint/finding_log.h"
#include "acmecore/ocsp_issuer.h"
#include "acmecore/ocsp_response.h"
#include "acmecore/public_key.h"
#include "acmecore/signature_verifier.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// An issuing CA with one key and one certificate: the one place where leaves, and what says that they are revoked, are
// signed. Immutable once open; any thread may use it.
//
// What its key signs has the errors of SigningKey::sign, too: unavailable where the key cannot be reached now.
class Issuer {
 public:
  // One that signs leaves. The key may be another's, too. `chain_pem`: its certificate and those above it
  // (read_ca_chain). What lint_ca finds in its certificates, and in those of the alternates, is told to the log, here
  // and below.
  //
  // unavailable: the key is not that of its certificate, or the errors of read_ca_chain, check_ca_chain at `now` and
  // read_alternate_chain.
  static base::Result<Issuer> open(std::shared_ptr<const SigningKey> key, std::string_view chain_pem,
                                   base::Time now, const std::vector<ChainFile>& alternates = {});

  // One that signs no leaf, because its time has not come or has gone: it is known by its certificate and signs what is
  // said of the leaves that there are. Null: its key is gone. The same errors, but that it need not be valid.
  static base::Result<Issuer> open_idle(std::shared_ptr<const SigningKey> key, std::string_view chain_pem,
                                        base::Time now, const std::vector<ChainFile>& alternates = {});

  // One that is in no file, as make_development_ca makes it. unavailable also where its root's key is another one.
  static base::Result<Issuer> open(const CaMaterial& material, base::Time now,
                                   const std::vector<ChainFile>& alternates = {});

  // Writes the leaf that is asked for (leaf_profile.h), lints it (lint/lint.h), reads it back and compares it with the
  // request, and signs it; reads the certificate back and compares again before anyone sees it. The caller has recorded
  // the serial durably and never passes it again. internal: one of these found something, or OpenSSL failed. The errors
  // of check_names.
  //
  // `check` says of the very octets that are about to be signed whether they may be; its error is returned. Without
  // it, for the names of our own listeners, for which no subscriber asked. REQUIRES: it signs_leaves().
  using TbsCheck = std::function<base::Result<void>(const Certificate& tbs)>;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request, const TbsCheck& check) const;
  base::Result<base::Bytes> sign_leaf(const LeafRequest& request) const;

  bool signs_leaves() const { return signs_leaves_; }

  // rejected_identifier: the CA, or one above it, is held to other names (RFC 5280 §4.2.1.10), with one suberror for
  // each.
  base::Result<void> check_names(const SubjectAltName& names, bool has_subject) const {
    return acmecore::check_names(chain_, names, has_subject);
  }

  // Whether CRLs and OCSP responses of it can be: its certificate lets its key sign them (check_crl_issuer,
  // check_ocsp_signer), and the key is not gone.
  bool signs_crls() const { return signs_crls_; }
  bool signs_ocsp_responses() const { return signs_ocsp_responses_; }

  // Signs a CRL once it has passed lint_crl, and reads the signature back. `entries` are append_entry's. The caller has
  // recorded the number durably and never passes it again; `before`: the CRL before it. internal: it breaks a rule, or
  // OpenSSL failed. Takes about a second for a million entries. REQUIRES: signs_crls().
  base::Result<base::Bytes> sign_crl(const CrlFields& fields, base::BytesView entries,
                                     const CrlBefore& before) const;

  // Signs an OCSP response once it has passed lint_ocsp. The signature is not verified, for that takes longer than to
  // make it. internal: it breaks a rule, or OpenSSL failed. REQUIRES: signs_ocsp_responses().
  base::Result<base::Bytes> sign_ocsp_response(const OcspFields& fields) const;

  // Whether this CA signed it: its issuer is our subject, and the signature is by our key.
  bool signed_crl(const Crl& crl) const;

  // That its key signs now. unavailable: it is gone.
  base::Result<void> check_key() const;

  // How many chains a leaf can be had with (RFC 8555 §7.4.2): the usual one, 0, and then the alternates in the order of
  // their files.
  size_t chains() const { return chains_.size(); }

  // "application/pem-certificate-chain" (RFC 8555 §9.1): the leaf, then the issuing CA and what is above it; not the
  // root, which whoever verifies must have already. Of an alternate, what its file has. REQUIRES here and below:
  // chain < chains().
  std::string chain_pem(base::BytesView leaf_der, size_t chain = 0) const;

  // Names the issuing CA's certificate of a chain in an URL: its SHA-256, in lower-case hexadecimal. That of the usual
  // chain names the Issuer itself.
  const std::string& id(size_t chain = 0) const;

  // That certificate, in DER. Null: there is none with this id.
  const base::Bytes* issuing_der(std::string_view id) const;

  // Its ca_id, which it has in common with an Issuer of another certificate for the same subject and key.
  const std::string& ca() const { return ca_; }

  // How OCSP names it.
  const OcspIssuer& ocsp_issuer() const { return ocsp_issuer_; }

  const CaChain& chain() const { return chain_; }
  const Certificate& certificate() const { return chain_.issuing(); }
  std::string root_pem() const;

  // When the issuing CA ends.
  base::Time not_after() const { return certificate().validity.not_after; }

 private:
  struct Chain {
    std::string id;
    base::Bytes issuing_der;
    std::string pem;  // what is behind the leaf
  };

  Issuer(std::shared_ptr<const SigningKey> key, PublicKey public_key, CaChain chain,
         const std::vector<AlternateChain>& alternates);

  static base::Result<Issuer> assemble(std::shared_ptr<const SigningKey> key, CaChain chain, base::Time now,
                                       const std::vector<ChainFile>& alternates);

  base::Result<void> lint_tbs(base::BytesView tbs_der, const LeafRequest& request) const;

  std::shared_ptr<const SigningKey> key_;  // null: gone. One that is opened anew beside it may have the same
  SignatureVerifier verifier_;
  CaChain chain_;
  std::string ca_;
  OcspIssuer ocsp_issuer_;
  std::vector<Chain> chains_;
  bool signs_leaves_ = false;
  bool signs_crls_ = false;
  bool signs_ocsp_responses_ = false;
  std::unique_ptr<lint::FindingLog> findings_;
};

}  // namespace acmecore
