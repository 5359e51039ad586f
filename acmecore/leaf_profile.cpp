#include "acmecore/leaf_profile.h"

#include <utility>

#include "acmecore/ca_certificate.h"
#include "acmecore/der.h"
#include "acmecore/key_identifier.h"
#include "acmecore/oids.h"
#include "acmecore/pointer_extensions.h"
#include "acmecore/public_key.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr BytesView kEmptySequence = "\x30\x00"sv;
constexpr BytesView kDigitalSignature = "\x03\x02\x07\x80"sv;                    // BIT STRING, bit 0
constexpr BytesView kDigitalSignatureAndKeyEncipherment = "\x03\x02\x05\xa0"sv;  // bits 0 and 2
constexpr BytesView kStatusRequest = "\x30\x03\x02\x01\x05"sv;  // RFC 7633 §4.1, RFC 6066 §8

Bytes subject(const LeafRequest& request);
Bytes extended_key_usage(const LeafContent& content);
Bytes certificate_policies(const std::vector<Bytes>& policies);
Bytes subject_alt_name(const LeafRequest& request);

bool is_rsa(BytesView spki_der) {
  const auto type = key_type_of(spki_der);
  return type && *type == KeyType::rsa;
}

}  // namespace

TbsFields leaf_fields(const LeafRequest& request, const Certificate& issuer) {
  const LeafContent& content = request.content;
  TbsFields fields{request.serial,   issuer.subject_der, request.validity,
                   subject(request), request.spki_der,   {}};
  fields.extensions.reserve(kUsualExtensions);
  const auto add = [&fields](BytesView oid, bool critical, BytesView value) {
    fields.extensions.push_back({Bytes(oid), critical, Bytes(value)});
  };
  const bool enciphers = content.key_encipherment && is_rsa(request.spki_der);
  add(oids::kKeyUsage, true, enciphers ? kDigitalSignatureAndKeyEncipherment : kDigitalSignature);
  add(oids::kExtendedKeyUsage, false, extended_key_usage(content));
  add(oids::kBasicConstraints, true, kEmptySequence);
  if (content.subject_key_identifier) {
    const auto identifier = key_identifier(request.spki_der);
    add(oids::kSubjectKeyIdentifier, false, der::octet_string(identifier.value_or(Bytes())));
  }
  add(oids::kAuthorityKeyIdentifier, false, authority_key_identifier(issuer));
  if (!content.policies.empty()) {
    add(oids::kCertificatePolicies, false, certificate_policies(content.policies));
  }
  if (!content.crl_distribution_point.empty()) {
    add(oids::kCrlDistributionPoints, false, crl_distribution_points(content.crl_distribution_point));
  }
  if (!content.ocsp_url.empty() || !content.ca_issuers_url.empty()) {
    add(oids::kAuthorityInfoAccess, false, authority_info_access(content.ocsp_url, content.ca_issuers_url));
  }
  add(oids::kSubjectAltName, fields.subject_der == kEmptySequence, subject_alt_name(request));
  if (content.must_staple) add(oids::kTlsFeature, false, kStatusRequest);
  return fields;
}

namespace {

Bytes rdn(BytesView type, uint8_t string_type, BytesView value) {
  return der::element(der::kSet, der::sequence({der::oid(type), der::element(string_type, value)}));
}

// In the order of BR 7.1.4.2.
Bytes subject(const LeafRequest& request) {
  const LeafContent& content = request.content;
  Bytes rdns;
  if (!content.country.empty()) rdns += rdn(oids::kCountryName, der::kPrintableString, content.country);
  if (!content.organization.empty()) {
    rdns += rdn(oids::kOrganizationName, der::kUtf8String, content.organization);
  }
  if (!request.common_name.empty()) rdns += rdn(oids::kCommonName, der::kUtf8String, request.common_name);
  return der::element(der::kSequence, rdns);
}

Bytes extended_key_usage(const LeafContent& content) {
  return der::sequence(
      {der::oid(oids::kServerAuth), content.client_auth ? der::oid(oids::kClientAuth) : Bytes()});
}

Bytes certificate_policies(const std::vector<Bytes>& policies) {
  Bytes all;
  for (const Bytes& policy : policies)
    all += der::sequence({der::oid(policy)});
  return der::element(der::kSequence, all);
}

Bytes subject_alt_name(const LeafRequest& request) {
  Bytes names;
  for (const std::string& name : request.dns_names)
    names += der::element(der::context(2), name);
  for (const Bytes& address : request.ip_addresses)
    names += der::element(der::context(7), address);
  return der::element(der::kSequence, names);
}

}  // namespace

}  // namespace acmecore
