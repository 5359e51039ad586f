#include "acmecore/ca_profile.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/lint/lint.h"
#include "acmecore/oids.h"
#include "acmecore/pointer_extensions.h"
#include "base/openssl.h"
#include "base/utf8.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
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
constexpr BytesView kAndDigitalSignature = "\x03\x02\x01\x86"sv;                // and bit 0

Result<void> check_text(const std::string& what, const std::string& text);
Bytes rdn(BytesView type, uint8_t string_type, BytesView value);
Bytes key_identifier(BytesView spki_der);
std::vector<Extension> requested_extensions(const IssuingCa& issuing);
Result<void> check_rules(BytesView tbs_der, const Certificate& issuer, Time now);
Validity validity_from(Time now, seconds lifetime);

Extension extension(BytesView oid, bool critical, BytesView value) {
  return {Bytes(oid), critical, Bytes(value)};
}

}  // namespace

Result<Bytes> name_of(const CaSubject& subject) {
  if (subject.common_name.empty()) return fail(ErrorKind::malformed, "a CA has a common name");
  CHECK(check_text("common name", subject.common_name));
  CHECK(check_text("organization", subject.organization));
  const bool is_country = subject.country.size() == 2 &&
                          std::ranges::all_of(subject.country, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!subject.country.empty() && !is_country) {
    return fail(ErrorKind::malformed, in_quotes(subject.country) + " is no country, such as \"CH\"");
  }
  Bytes rdns;
  if (is_country) rdns += rdn(oids::kCountryName, der::kPrintableString, subject.country);
  if (!subject.organization.empty())
    rdns += rdn(oids::kOrganizationName, der::kUtf8String, subject.organization);
  rdns += rdn(oids::kCommonName, der::kUtf8String, subject.common_name);
  return der::element(der::kSequence, rdns);
}

Result<Bytes> sign_root(BytesView subject_der, const SigningKey& key, Time now, seconds lifetime) {
  TbsFields root{new_serial(),       Bytes(subject_der), validity_from(now, lifetime),
                 Bytes(subject_der), key.spki_der(),     {}};
  root.extensions = {
      extension(oids::kBasicConstraints, true, kCa),
      extension(oids::kKeyUsage, true, kKeyCertSignAndCrlSign),
      extension(oids::kSubjectKeyIdentifier, false, der::octet_string(key_identifier(key.spki_der()))),
  };
  Certificate itself;
  itself.subject_der = root.subject_der;
  itself.spki_der = root.spki_der;
  const Bytes tbs_der = tbs_certificate(root, key);
  CHECK(check_rules(tbs_der, itself, now));
  return sign_tbs(tbs_der, key);
}

Result<std::vector<Extension>> issuing_extensions(const IssuingCa& issuing, const Certificate& root) {
  const Extension* identifier = find_extension(root.extensions, oids::kSubjectKeyIdentifier);
  assert(identifier != nullptr);
  TRY(const BytesView root_identifier, der::only(der::kOctetString, identifier->value));
  auto extensions = requested_extensions(issuing);
  extensions.push_back(extension(oids::kAuthorityKeyIdentifier, false,
                                 der::sequence({der::element(der::context(0), root_identifier)})));
  extensions.push_back(extension(oids::kCertificatePolicies, false,
                                 der::sequence({der::sequence({der::oid(oids::kAnyPolicy)})})));
  if (!issuing.crl_url.empty()) {
    extensions.push_back(
        extension(oids::kCrlDistributionPoints, false, crl_distribution_points(issuing.crl_url)));
  }
  if (!issuing.ca_issuers_url.empty()) {
    extensions.push_back(
        extension(oids::kAuthorityInfoAccess, false, authority_info_access("", issuing.ca_issuers_url)));
  }
  return extensions;
}

Result<Bytes> sign_issuing(const IssuingCa& issuing, const Certificate& root, const SigningKey& root_key,
                           Time now) {
  TRY(auto extensions, issuing_extensions(issuing, root));
  return sign_issuing(issuing, std::move(extensions), root, root_key, now);
}

Result<Bytes> sign_issuing(const IssuingCa& issuing, std::vector<Extension> extensions,
                           const Certificate& root, const SigningKey& root_key, Time now) {
  Validity validity = validity_from(now, issuing.lifetime);
  validity.not_before = std::max(validity.not_before, root.validity.not_before);
  validity.not_after = std::min(validity.not_after, root.validity.not_after);
  const TbsFields fields{new_serial(),        root.subject_der, validity,
                         issuing.subject_der, issuing.spki_der, std::move(extensions)};
  const Bytes tbs_der = tbs_certificate(fields, root_key);
  CHECK(check_rules(tbs_der, root, now));
  return sign_tbs(tbs_der, root_key);
}

// Who will sign, and when, is not known: what is looked at is as if the key itself did, at any time.
Result<Bytes> sign_ca_request(const IssuingCa& issuing, const SigningKey& key) {
  constexpr BytesView kVersion1 = "\x02\x01\x00"sv;
  const TbsFields fields{new_serial(),        issuing.subject_der, {Time(), Time() + kIssuingLifetime},
                         issuing.subject_der, issuing.spki_der,    requested_extensions(issuing)};
  Certificate itself;
  itself.subject_der = issuing.subject_der;
  itself.spki_der = issuing.spki_der;
  CHECK(check_rules(tbs_certificate(fields, key), itself, Time()));
  const Bytes extensions = encode(fields.extensions);
  const Bytes attribute =
      der::sequence({der::oid(oids::kExtensionRequest), der::element(der::kSet, extensions)});
  const Bytes info = der::sequence({kVersion1, issuing.subject_der, issuing.spki_der,
                                    der::element(der::context_constructed(0), attribute)});
  return sign_tbs(info, key);
}

namespace {

// ub-common-name and ub-organization-name (RFC 5280 appendix A.1) count characters.
Result<void> check_text(const std::string& what, const std::string& text) {
  constexpr size_t kCharactersMax = 64;
  size_t characters = 0;
  for (std::string_view rest = text; !rest.empty(); ++characters) {
    const size_t size = base::utf8_character_size(rest);
    if (size == 0) return fail(ErrorKind::malformed, "the " + what + " is not in UTF-8");
    if (size == 1 && (uint8_t(rest[0]) < 0x20 || rest[0] == 0x7f))
      return fail(ErrorKind::malformed, "the " + what + " has a control character");
    rest.remove_prefix(size);
  }
  if (characters <= kCharactersMax) return {};
  return fail(ErrorKind::malformed, "the " + what + " has more than 64 characters");
}

Bytes rdn(BytesView type, uint8_t string_type, BytesView value) {
  return der::element(der::kSet, der::sequence({der::oid(type), der::element(string_type, value)}));
}

// RFC 5280 §4.2.1.2 leaves the method open; 160 bits are what everyone expects.
Bytes key_identifier(BytesView spki_der) { return base::sha256(spki_der).substr(0, 20); }

Bytes purposes(bool client_auth) {
  return der::sequence({der::oid(oids::kServerAuth), client_auth ? der::oid(oids::kClientAuth) : Bytes()});
}

std::vector<Extension> requested_extensions(const IssuingCa& issuing) {
  std::vector<Extension> extensions = {
      extension(oids::kBasicConstraints, true, kCaWithoutCasBelow),
      extension(oids::kKeyUsage, true, kAndDigitalSignature),
      extension(oids::kExtendedKeyUsage, false, purposes(issuing.client_auth.value_or(false))),
  };
  if (!issuing.constraints.empty())
    extensions.push_back(extension(oids::kNameConstraints, true, encode(issuing.constraints)));
  extensions.push_back(
      extension(oids::kSubjectKeyIdentifier, false, der::octet_string(key_identifier(issuing.spki_der))));
  return extensions;
}

// BR 4.3.1.2.
Result<void> check_rules(BytesView tbs_der, const Certificate& issuer, Time now) {
  const auto findings = lint::lint_new_ca(tbs_der, issuer, now);
  const lint::Finding* const error = lint::first_error(findings);
  if (error == nullptr) return {};
  return fail(ErrorKind::unavailable, "the CA's certificate would break " + text_of(*error));
}

Validity validity_from(Time now, seconds lifetime) {
  const Time not_before = std::chrono::floor<seconds>(now) - kCaBackdate;
  return {not_before, not_before + lifetime - seconds(1)};
}

}  // namespace

}  // namespace acmecore
