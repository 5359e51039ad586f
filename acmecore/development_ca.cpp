#include "acmecore/development_ca.h"

#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "base/openssl.h"
#include "base/random.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::Time;
using std::chrono::seconds;
using namespace std::string_view_literals;

namespace {

// Earlier than any leaf begins, and less than the day that BR 7.1.2.1.1 allows.
constexpr std::chrono::hours kCaBackdate = 2 * kBackdate;

constexpr BytesView kCa = "\x30\x03\x01\x01\xff"sv;                             // cA TRUE
constexpr BytesView kCaWithoutCasBelow = "\x30\x06\x01\x01\xff\x02\x01\x00"sv;  // and pathLenConstraint 0
constexpr BytesView kKeyCertSignAndCrlSign = "\x03\x02\x01\x06"sv;              // BIT STRING, bits 5 and 6
constexpr BytesView kAndDigitalSignature = "\x03\x02\x01\x86"sv;                // and bit 0, for OCSP

Bytes ca_name(const std::string& common_name);
Bytes key_identifier(BytesView spki_der);
std::string random_suffix();
TbsFields ca_fields(BytesView issuer, BytesView subject, const SigningKey& key, Time now, seconds lifetime);

Extension extension(BytesView oid, bool critical, BytesView value) {
  return {Bytes(oid), critical, Bytes(value)};
}

}  // namespace

Result<CaMaterial> make_development_ca(Time now) {
  const std::string suffix = random_suffix();
  const SigningKey root_key = SigningKey::generate();
  const Bytes root_name = ca_name("Assay Development Root CA " + suffix);
  TbsFields root = ca_fields(root_name, root_name, root_key, now, kRootLifetime);
  root.extensions = {
      extension(oids::kBasicConstraints, true, kCa),
      extension(oids::kKeyUsage, true, kKeyCertSignAndCrlSign),
      extension(oids::kSubjectKeyIdentifier, false, der::octet_string(key_identifier(root_key.spki_der()))),
  };
  TRY(const Bytes root_der, sign_certificate(root, root_key));

  const SigningKey issuing_key = SigningKey::generate();
  const Bytes issuing_name = ca_name("Assay Development Issuing CA " + suffix);
  TbsFields issuing = ca_fields(root_name, issuing_name, issuing_key, now, kIssuingLifetime);
  const Bytes root_identifier = der::element(der::context(0), key_identifier(root_key.spki_der()));
  issuing.extensions = {
      extension(oids::kBasicConstraints, true, kCaWithoutCasBelow),
      extension(oids::kKeyUsage, true, kAndDigitalSignature),
      extension(oids::kExtendedKeyUsage, false, der::sequence({der::oid(oids::kServerAuth)})),
      extension(oids::kSubjectKeyIdentifier, false,
                der::octet_string(key_identifier(issuing_key.spki_der()))),
      extension(oids::kAuthorityKeyIdentifier, false, der::sequence({root_identifier})),
      extension(oids::kCertificatePolicies, false,
                der::sequence({der::sequence({der::oid(oids::kDomainValidated)})})),
  };
  TRY(const Bytes issuing_der, sign_certificate(issuing, root_key));

  return CaMaterial{root_key.pem(), pem_block(kPemCertificate, root_der), issuing_key.pem(),
                    pem_block(kPemCertificate, issuing_der)};
}

namespace {

Bytes rdn(BytesView type, uint8_t string_type, BytesView value) {
  return der::element(der::kSet, der::sequence({der::oid(type), der::element(string_type, value)}));
}

// BR 7.1.4.2: country, organization, common name, in this order. "XX" stands for no country (BR 3.2.2.3).
Bytes ca_name(const std::string& common_name) {
  return der::sequence({rdn(oids::kCountryName, der::kPrintableString, "XX"),
                        rdn(oids::kOrganizationName, der::kUtf8String, "Assay Development"),
                        rdn(oids::kCommonName, der::kUtf8String, common_name)});
}

// RFC 5280 §4.2.1.2 leaves the method open; 160 bits are what everyone expects.
Bytes key_identifier(BytesView spki_der) { return base::sha256(spki_der).substr(0, 20); }

std::string random_suffix() { return text_of(Serial{base::random_bytes(4)}); }

TbsFields ca_fields(BytesView issuer, BytesView subject, const SigningKey& key, Time now, seconds lifetime) {
  const Time not_before = std::chrono::floor<seconds>(now) - kCaBackdate;
  const Validity validity{not_before, not_before + lifetime - seconds(1)};
  return {new_serial(), Bytes(issuer), validity, Bytes(subject), key.spki_der(), {}};
}

}  // namespace

}  // namespace acmecore
