#include "acmecore/ca_profile.h"

#include <algorithm>
#include <cassert>

#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/oids.h"
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
std::vector<Extension> requested_extensions(const NameConstraints& constraints, BytesView spki_der);
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
  return sign_certificate(root, key);
}

Result<Bytes> sign_issuing(const IssuingCa& issuing, const Certificate& root, const SigningKey& root_key,
                           Time now) {
  const Extension* identifier = find_extension(root.extensions, oids::kSubjectKeyIdentifier);
  assert(identifier != nullptr);
  TRY(const BytesView root_identifier, der::only(der::kOctetString, identifier->value));
  Validity validity = validity_from(now, issuing.lifetime);
  validity.not_before = std::max(validity.not_before, root.validity.not_before);
  validity.not_after = std::min(validity.not_after, root.validity.not_after);
  TbsFields fields{new_serial(),     root.subject_der,
                   validity,         issuing.subject_der,
                   issuing.spki_der, requested_extensions(issuing.constraints, issuing.spki_der)};
  fields.extensions.push_back(extension(oids::kAuthorityKeyIdentifier, false,
                                        der::sequence({der::element(der::context(0), root_identifier)})));
  fields.extensions.push_back(extension(oids::kCertificatePolicies, false,
                                        der::sequence({der::sequence({der::oid(oids::kDomainValidated)})})));
  return sign_certificate(fields, root_key);
}

Result<Bytes> sign_ca_request(BytesView subject_der, const SigningKey& key,
                              const NameConstraints& constraints) {
  constexpr BytesView kVersion1 = "\x02\x01\x00"sv;
  const Bytes extensions = encode(requested_extensions(constraints, key.spki_der()));
  const Bytes attribute =
      der::sequence({der::oid(oids::kExtensionRequest), der::element(der::kSet, extensions)});
  const Bytes info = der::sequence(
      {kVersion1, subject_der, key.spki_der(), der::element(der::context_constructed(0), attribute)});
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

std::vector<Extension> requested_extensions(const NameConstraints& constraints, BytesView spki_der) {
  std::vector<Extension> extensions = {
      extension(oids::kBasicConstraints, true, kCaWithoutCasBelow),
      extension(oids::kKeyUsage, true, kAndDigitalSignature),
      extension(oids::kExtendedKeyUsage, false, der::sequence({der::oid(oids::kServerAuth)})),
  };
  if (!constraints.empty())
    extensions.push_back(extension(oids::kNameConstraints, true, encode(constraints)));
  extensions.push_back(
      extension(oids::kSubjectKeyIdentifier, false, der::octet_string(key_identifier(spki_der))));
  return extensions;
}

Validity validity_from(Time now, seconds lifetime) {
  const Time not_before = std::chrono::floor<seconds>(now) - kCaBackdate;
  return {not_before, not_before + lifetime - seconds(1)};
}

}  // namespace

}  // namespace acmecore
