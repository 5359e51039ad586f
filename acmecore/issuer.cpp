#include "acmecore/issuer.h"

#include "acmecore/der.h"
#include "acmecore/oids.h"
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

Result<Certificate> read_ca_certificate(const std::string& what, const std::string& pem, Time now);
Result<void> check_key(const std::string& what, const std::string& pem, const Certificate& certificate);
Result<void> check_issuing_certificate(const Certificate& issuing);

}  // namespace

Issuer::Issuer(SigningKey key, PublicKey public_key, Certificate certificate, std::string root_pem)
    : key_(std::move(key)),
      public_key_(std::move(public_key)),
      certificate_(std::move(certificate)),
      certificate_pem_(pem_block(kPemCertificate, certificate_.der)),
      id_(text_of(Serial{base::sha256(certificate_.der)})),
      root_pem_(std::move(root_pem)) {}

Result<Issuer> Issuer::open(const CaMaterial& material, Time now) {
  TRY(const Certificate root, read_ca_certificate("root", material.root_pem, now));
  TRY(Certificate issuing, read_ca_certificate("issuing", material.issuing_pem, now));
  if (!is_issued_by(root, root)) return refuse("the root certificate is not signed by its own key");
  if (!is_issued_by(issuing, root)) return refuse("the issuing certificate is not signed by the root");
  CHECK(check_issuing_certificate(issuing));
  if (!material.root_key_pem.empty()) CHECK(check_key("root", material.root_key_pem, root));
  CHECK(check_key("issuing", material.issuing_key_pem, issuing));
  TRY(SigningKey key, SigningKey::parse(material.issuing_key_pem));
  TRY(PublicKey public_key, parse_public_key(issuing.spki_der));
  return Issuer(std::move(key), std::move(public_key), std::move(issuing),
                pem_block(kPemCertificate, root.der));
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

std::string Issuer::chain_pem(BytesView leaf_der) const {
  return pem_block(kPemCertificate, leaf_der) + certificate_pem_;
}

namespace {

Result<Certificate> read_ca_certificate(const std::string& what, const std::string& pem, Time now) {
  const auto der = parse_pem(kPemCertificate, pem);
  if (!der) return refuse("the " + what + " certificate cannot be read: " + der.error().detail);
  auto certificate = parse_certificate(*der);
  if (!certificate)
    return refuse("the " + what + " certificate cannot be read: " + certificate.error().detail);
  const Validity& validity = certificate->validity;
  if (now < validity.not_before || now > validity.not_after) {
    return refuse("the " + what + " certificate is valid only from " + base::rfc3339(validity.not_before) +
                  " to " + base::rfc3339(validity.not_after));
  }
  const Extension* constraints = find_extension(certificate->extensions, oids::kBasicConstraints);
  const auto fields = der::only(der::kSequence, constraints == nullptr ? BytesView() : constraints->value);
  if (!fields || !fields->starts_with("\x01\x01\xff"sv)) {
    return refuse("the " + what + " certificate is not a CA's");
  }
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

// What leaves that verify need of their issuer (RFC 5280 §6.1.4, BR 7.1.2.6).
Result<void> check_issuing_certificate(const Certificate& issuing) {
  const Extension* usage = find_extension(issuing.extensions, oids::kKeyUsage);
  constexpr uint8_t kKeyCertSign = 0x04;
  if (usage == nullptr || usage->value.size() < 4 || (uint8_t(usage->value[3]) & kKeyCertSign) == 0) {
    return refuse("the issuing certificate has no keyUsage keyCertSign");
  }
  const Extension* purposes = find_extension(issuing.extensions, oids::kExtendedKeyUsage);
  if (purposes != nullptr && purposes->value.find(der::oid(oids::kServerAuth)) == Bytes::npos) {
    return refuse("the issuing certificate has an extendedKeyUsage without serverAuth");
  }
  const Extension* identifier = find_extension(issuing.extensions, oids::kSubjectKeyIdentifier);
  if (identifier == nullptr || !der::only(der::kOctetString, identifier->value) ||
      identifier->value.size() < 3) {
    return refuse("the issuing certificate has no subjectKeyIdentifier");
  }
  if (issuing.subject_der == "\x30\x00"sv) return refuse("the issuing certificate has an empty subject");
  return {};
}

}  // namespace

}  // namespace acmecore
