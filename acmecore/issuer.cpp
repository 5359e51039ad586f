#include "acmecore/issuer.h"

#include <algorithm>
#include <cassert>

#include "acmecore/ca_certificate.h"
#include "acmecore/crl_lint.h"
#include "acmecore/lint/lint.h"
#include "acmecore/pem.h"
#include "acmecore/serial.h"
#include "acmecore/signature.h"
#include "acmecore/verify_issued.h"
#include "base/log.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using namespace std::string_view_literals;

namespace {

tl::unexpected<base::Error> refuse(const std::string& why) {
  return fail(ErrorKind::unavailable, "the CA cannot be used: " + why);
}

std::string id_of(BytesView issuing_der) { return text_of(Serial{base::sha256(issuing_der)}); }

Result<Certificate> read_ca_certificate(const std::string& what, const std::string& pem, Time now);
Result<void> check_key(const std::string& what, const std::string& pem, const Certificate& certificate);
void lint_ca(const std::string& what, const Certificate& certificate, const Certificate& issuer, Time now);

}  // namespace

Issuer::Issuer(SigningKey key, PublicKey public_key, Certificate certificate, std::string root_pem,
               const std::vector<AlternateChain>& alternates)
    : key_(std::move(key)),
      public_key_(std::move(public_key)),
      certificate_(std::move(certificate)),
      root_pem_(std::move(root_pem)),
      findings_(std::make_unique<lint::FindingLog>()) {
  chains_.push_back(
      {id_of(certificate_.der), certificate_.der, pem_block(kPemCertificate, certificate_.der)});
  for (const AlternateChain& alternate : alternates)
    chains_.push_back({id_of(alternate.issuing_der), alternate.issuing_der, alternate.pem});
}

Result<Issuer> Issuer::open(const CaMaterial& material, Time now, const std::vector<ChainFile>& alternates) {
  TRY(const Certificate root, read_ca_certificate("root", material.root_pem, now));
  TRY(Certificate issuing, read_ca_certificate("issuing", material.issuing_pem, now));
  if (!is_issued_by(root, root)) return refuse("the root certificate is not signed by its own key");
  if (!is_issued_by(issuing, root)) return refuse("the issuing certificate is not signed by the root");
  if (const auto good = check_issuing_certificate("the issuing certificate", issuing); !good) {
    return refuse(good.error().detail);
  }
  if (!material.root_key_pem.empty()) CHECK(check_key("root", material.root_key_pem, root));
  CHECK(check_key("issuing", material.issuing_key_pem, issuing));
  TRY(SigningKey key, SigningKey::parse(material.issuing_key_pem));
  TRY(PublicKey public_key, parse_public_key(issuing.spki_der));
  std::vector<AlternateChain> chains;
  for (const ChainFile& file : alternates) {
    TRY(AlternateChain chain, read_alternate_chain(file, issuing, now));
    chains.push_back(std::move(chain));
  }
  lint_ca("root", root, root, now);
  lint_ca("issuing", issuing, root, now);
  return Issuer(std::move(key), std::move(public_key), std::move(issuing),
                pem_block(kPemCertificate, root.der), chains);
}

Result<Bytes> Issuer::sign_leaf(const LeafRequest& request) const {
  return sign_leaf(request, [](const Certificate&) -> Result<void> { return {}; });
}

Result<Bytes> Issuer::sign_leaf(const LeafRequest& request, const TbsCheck& check) const {
  const Bytes tbs_der = tbs_certificate(leaf_fields(request, certificate_), key_);
  CHECK(lint_tbs(tbs_der, request));
  const auto tbs = parse_tbs_certificate(tbs_der);
  if (!tbs) return fail(ErrorKind::internal, "what was to be signed cannot be read: " + tbs.error().detail);
  CHECK(verify_tbs(*tbs, request, certificate_));
  CHECK(check(*tbs));
  TRY(Bytes leaf, sign_tbs(tbs_der, key_));
  CHECK(verify_issued(leaf, request, certificate_, public_key_));
  return leaf;
}

Result<void> Issuer::lint_tbs(BytesView tbs_der, const LeafRequest& request) const {
  const ProfileRules rules = request.content.rules;
  const auto findings = lint::lint_leaf(tbs_der, certificate_, rules, request.issued);
  if (findings.empty()) return {};
  return findings_->note(findings, rules, request.serial);
}

Result<Bytes> Issuer::sign_crl(const CrlFields& fields, BytesView entries, uint64_t number_before) const {
  const Bytes tbs_der = tbs_cert_list(fields, entries, certificate_, key_);
  const auto tbs = parse_tbs_cert_list(tbs_der);
  if (!tbs) return fail(ErrorKind::internal, "the CRL to be signed cannot be read: " + tbs.error().detail);
  CHECK(lint_crl(*tbs, {certificate_, fields.distribution_points, number_before}));
  TRY(Bytes crl, sign_tbs_cert_list(tbs_der, key_));
  const auto parsed = parse_crl(crl);
  if (!parsed || parsed->tbs_der != tbs_der || !signed_crl(*parsed)) {
    return fail(ErrorKind::internal, "the signed CRL is not the one that was to be signed");
  }
  return crl;
}

Result<Bytes> Issuer::sign_ocsp_response(const OcspFields& fields) const {
  return acmecore::sign_ocsp_response(fields, key_);
}

bool Issuer::signed_crl(const Crl& crl) const {
  if (crl.issuer_der != certificate_.subject_der) return false;
  const auto algorithm = parse_signature_algorithm(crl.signature_algorithm_der);
  return algorithm && verify_signature(*algorithm, public_key_, crl.tbs_der, crl.signature);
}

std::string Issuer::chain_pem(BytesView leaf_der, size_t chain) const {
  assert(chain < chains_.size());
  return pem_block(kPemCertificate, leaf_der) + chains_[chain].pem;
}

const std::string& Issuer::id(size_t chain) const {
  assert(chain < chains_.size());
  return chains_[chain].id;
}

const Bytes* Issuer::issuing_der(std::string_view id) const {
  const auto found = std::ranges::find(chains_, id, &Chain::id);
  return found == chains_.end() ? nullptr : &found->issuing_der;
}

namespace {

Result<Certificate> read_ca_certificate(const std::string& what, const std::string& pem, Time now) {
  const auto der = parse_pem(kPemCertificate, pem);
  if (!der) return refuse("the " + what + " certificate cannot be read: " + der.error().detail);
  auto certificate = parse_certificate(*der);
  if (!certificate)
    return refuse("the " + what + " certificate cannot be read: " + certificate.error().detail);
  const auto good = check_ca_certificate("the " + what + " certificate", *certificate, now);
  if (!good) return refuse(good.error().detail);
  return std::move(*certificate);
}

Result<void> check_key(const std::string& what, const std::string& pem, const Certificate& certificate) {
  const auto key = SigningKey::parse(pem);
  if (!key) return refuse("the " + what + " key cannot be read: " + key.error().detail);
  if (key->spki_der() != certificate.spki_der) {
    return refuse("the " + what + " key and the " + what + " certificate do not belong together");
  }
  return {};
}

void lint_ca(const std::string& what, const Certificate& certificate, const Certificate& issuer, Time now) {
  for (const lint::Finding& finding : lint::lint_ca(certificate, issuer, now)) {
    base::log::warning("acme.ca.lint", {{"certificate", what},
                                        {"rule", finding.rule->name},
                                        {"source", finding.rule->source},
                                        {"detail", finding.what}});
  }
}

}  // namespace

}  // namespace acmecore
