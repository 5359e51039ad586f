#include "acmecore/issuer.h"

#include <algorithm>
#include <cassert>

#include "acmecore/ca_certificate.h"
#include "acmecore/pem.h"
#include "acmecore/serial.h"
#include "acmecore/verify_issued.h"
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

}  // namespace

Issuer::Issuer(SigningKey key, PublicKey public_key, Certificate certificate, std::string root_pem,
               const std::vector<AlternateChain>& alternates)
    : key_(std::move(key)),
      public_key_(std::move(public_key)),
      certificate_(std::move(certificate)),
      root_pem_(std::move(root_pem)) {
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
  return Issuer(std::move(key), std::move(public_key), std::move(issuing),
                pem_block(kPemCertificate, root.der), chains);
}

Result<Bytes> Issuer::sign_leaf(const LeafRequest& request) const {
  return sign_leaf(request, [](const Certificate&) -> Result<void> { return {}; });
}

Result<Bytes> Issuer::sign_leaf(const LeafRequest& request, const TbsCheck& check) const {
  CHECK(check_leaf_request(request, certificate_));
  const Bytes tbs_der = tbs_certificate(leaf_fields(request, certificate_), key_);
  const auto tbs = parse_tbs_certificate(tbs_der);
  if (!tbs) return fail(ErrorKind::internal, "what was to be signed cannot be read: " + tbs.error().detail);
  CHECK(check(*tbs));
  TRY(Bytes leaf, sign_tbs(tbs_der, key_));
  CHECK(verify_issued(leaf, request, certificate_, public_key_));
  return leaf;
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

}  // namespace

}  // namespace acmecore
