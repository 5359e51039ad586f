#include "acmecore/issuer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "acmecore/ca_certificate.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/crl_shard.h"
#include "acmecore/distinguished_name.h"
#include "acmecore/lint/lint.h"
#include "acmecore/ocsp_lint.h"
#include "acmecore/pem.h"
#include "acmecore/serial.h"
#include "acmecore/signature.h"
#include "acmecore/software_key.h"
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

constexpr BytesView kEmptySubject = "\x30\x00"sv;

tl::unexpected<base::Error> refuse(const std::string& why) {
  return fail(ErrorKind::unavailable, "the CA cannot be used: " + why);
}

std::string id_of(BytesView issuing_der) { return text_of(Serial{base::sha256(issuing_der)}); }

Result<CaChain> usable_chain(std::string_view chain_pem);
Result<SoftwareKey> read_key(const std::string& what, const std::string& pem);
void lint_chain(const std::vector<Certificate>& certificates, Time now);

}  // namespace

Issuer::Issuer(std::shared_ptr<const SigningKey> key, PublicKey public_key, CaChain chain,
               const std::vector<AlternateChain>& alternates)
    : key_(std::move(key)),
      verifier_(std::move(public_key)),
      chain_(std::move(chain)),
      ca_(ca_id(certificate())),
      ocsp_issuer_(certificate()),
      findings_(std::make_unique<lint::FindingLog>()) {
  std::string pem;
  for (size_t i = 0; i + 1 < chain_.certificates.size(); ++i)
    pem += pem_block(kPemCertificate, chain_.certificates[i].der);
  chains_.push_back({id_of(certificate().der), certificate().der, std::move(pem)});
  for (const AlternateChain& alternate : alternates)
    chains_.push_back({id_of(alternate.issuing_der()), alternate.issuing_der(), alternate.pem});
  const bool can_sign = key_ != nullptr && check_issuing_certificate("", certificate());
  signs_crls_ = can_sign && check_crl_issuer("", certificate());
  signs_ocsp_responses_ = can_sign && check_ocsp_signer("", certificate());
}

Result<Issuer> Issuer::open(std::shared_ptr<const SigningKey> key, std::string_view chain_pem, Time now,
                            const std::vector<ChainFile>& alternates) {
  assert(key != nullptr);
  TRY(CaChain chain, usable_chain(chain_pem));
  if (const auto good = check_ca_chain(chain, now); !good) return refuse(good.error().detail);
  TRY(Issuer issuer, assemble(std::move(key), std::move(chain), now, alternates));
  issuer.signs_leaves_ = true;
  return issuer;
}

Result<Issuer> Issuer::open_idle(std::shared_ptr<const SigningKey> key, std::string_view chain_pem, Time now,
                                 const std::vector<ChainFile>& alternates) {
  TRY(CaChain chain, usable_chain(chain_pem));
  return assemble(std::move(key), std::move(chain), now, alternates);
}

Result<Issuer> Issuer::open(const CaMaterial& material, Time now, const std::vector<ChainFile>& alternates) {
  const std::string chain_pem = material.issuing_pem + material.root_pem;
  if (!material.root_key_pem.empty()) {
    TRY(const SoftwareKey root_key, read_key("root", material.root_key_pem));
    TRY(const CaChain chain, usable_chain(chain_pem));
    if (root_key.spki_der() != chain.root().spki_der)
      return refuse("the root key and the root certificate do not belong together");
  }
  TRY(SoftwareKey key, read_key("issuing", material.issuing_key_pem));
  return open(std::make_shared<const SoftwareKey>(std::move(key)), chain_pem, now, alternates);
}

Result<Issuer> Issuer::assemble(std::shared_ptr<const SigningKey> key, CaChain chain, Time now,
                                const std::vector<ChainFile>& alternates) {
  const Certificate& issuing = chain.issuing();
  if (key != nullptr && key->spki_der() != issuing.spki_der)
    return refuse("the issuing key and the issuing certificate do not belong together");
  auto public_key = parse_ca_public_key(issuing.spki_der);
  if (!public_key) return refuse("the issuing certificate: " + public_key.error().detail);
  if (const auto algorithm = ca_signature_algorithm(*public_key); !algorithm)
    return refuse("the issuing certificate: " + algorithm.error().detail);
  std::vector<AlternateChain> chains;
  for (const ChainFile& file : alternates) {
    TRY(AlternateChain alternate, read_alternate_chain(file, issuing, now));
    chains.push_back(std::move(alternate));
  }
  lint_chain(chain.certificates, now);
  for (const AlternateChain& alternate : chains)
    lint_chain(alternate.certificates, now);
  return Issuer(std::move(key), *std::move(public_key), std::move(chain), chains);
}

Result<Bytes> Issuer::sign_leaf(const LeafRequest& request) const {
  return sign_leaf(request, [](const Certificate&) -> Result<void> { return {}; });
}

Result<Bytes> Issuer::sign_leaf(const LeafRequest& request, const TbsCheck& check) const {
  assert(signs_leaves_);
  const TbsFields fields = leaf_fields(request, certificate());
  CHECK(check_names({request.dns_names, request.ip_addresses}, fields.subject_der != kEmptySubject));
  const Bytes tbs_der = tbs_certificate(fields, *key_);
  CHECK(lint_tbs(tbs_der, request));
  const auto tbs = parse_tbs_certificate(tbs_der);
  if (!tbs) return fail(ErrorKind::internal, "what was to be signed cannot be read: " + tbs.error().detail);
  CHECK(verify_tbs(*tbs, request, certificate()));
  CHECK(check(*tbs));
  TRY(Bytes leaf, sign_tbs(tbs_der, *key_));
  CHECK(verify_issued(leaf, request, certificate(), verifier_));
  return leaf;
}

Result<void> Issuer::lint_tbs(BytesView tbs_der, const LeafRequest& request) const {
  const ProfileRules rules = request.content.rules;
  const auto findings = lint::lint_leaf(tbs_der, certificate(), rules, request.issued);
  if (findings.empty()) return {};
  return findings_->note(findings, rules, request.serial);
}

Result<Bytes> Issuer::sign_crl(const CrlFields& fields, BytesView entries, const CrlBefore& before) const {
  assert(signs_crls_);
  const Bytes tbs_der = tbs_cert_list(fields, entries, certificate(), *key_);
  const auto tbs = parse_tbs_cert_list(tbs_der);
  if (!tbs) return fail(ErrorKind::internal, "the CRL to be signed cannot be read: " + tbs.error().detail);
  CHECK(lint_crl(*tbs, {certificate(), fields.distribution_points, before}));
  TRY(Bytes crl, sign_tbs_cert_list(tbs_der, *key_));
  const auto parsed = parse_crl(crl);
  if (!parsed || parsed->tbs_der != tbs_der || !signed_crl(*parsed)) {
    return fail(ErrorKind::internal, "the signed CRL is not the one that was to be signed");
  }
  return crl;
}

Result<Bytes> Issuer::sign_ocsp_response(const OcspFields& fields) const {
  assert(signs_ocsp_responses_);
  const Bytes data_der = ocsp_data(fields);
  const auto data = parse_ocsp_data(data_der);
  if (!data) return fail(ErrorKind::internal, "the OCSP response cannot be read: " + data.error().detail);
  CHECK(lint_ocsp(*data, {fields, ocsp_issuer_}));
  return sign_ocsp_data(data_der, *key_);
}

bool Issuer::signed_crl(const Crl& crl) const {
  if (crl.issuer_der != certificate().subject_der) return false;
  const auto algorithm = parse_signature_algorithm(crl.signature_algorithm_der);
  return algorithm && verifier_.verify(*algorithm, crl.tbs_der, crl.signature);
}

Result<void> Issuer::check_key() const {
  if (key_ == nullptr) return fail(ErrorKind::unavailable, "the key of the issuing CA " + id() + " is gone");
  CHECK(key_->sign("does it sign?"));
  return {};
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

std::string Issuer::root_pem() const { return pem_block(kPemCertificate, chain_.root().der); }

namespace {

Result<CaChain> usable_chain(std::string_view chain_pem) {
  auto chain = read_ca_chain(chain_pem);
  if (!chain) return refuse(chain.error().detail);
  return chain;
}

Result<SoftwareKey> read_key(const std::string& what, const std::string& pem) {
  auto key = SoftwareKey::parse(pem);
  if (!key) return refuse("the " + what + " key cannot be read: " + key.error().detail);
  return key;
}

// An alternate's last certificate may be one that is not signed by itself.
void lint_chain(const std::vector<Certificate>& certificates, Time now) {
  for (size_t i = 0; i < certificates.size(); ++i) {
    const Certificate& one = certificates[i];
    const bool is_self_signed = one.issuer_der == one.subject_der;
    const bool has_next = i + 1 < certificates.size();
    const Certificate* const issuer = has_next ? &certificates[i + 1] : is_self_signed ? &one : nullptr;
    for (const lint::Finding& finding : lint::lint_ca(one, issuer, now)) {
      base::log::warning("acme.ca.lint", {{"certificate", text_of_name(one.subject_der)},
                                          {"rule", finding.rule->name},
                                          {"source", finding.rule->source},
                                          {"detail", finding.what}});
    }
  }
}

}  // namespace

}  // namespace acmecore
