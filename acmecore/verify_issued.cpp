#include "acmecore/verify_issued.h"

#include <array>

#include "acmecore/oids.h"
#include "acmecore/signature.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

// BR 7.1.2.7.6 to 7.1.2.7.12, octet for octet. Two more, whose values differ from leaf to leaf and from CA to
// CA, are compared on their own.
struct FixedExtension {
  BytesView oid;
  bool critical;
  BytesView value;
};

constexpr std::array<FixedExtension, 4> kFixedExtensions{{
    {oids::kKeyUsage, true, "\x03\x02\x07\x80"sv},
    {oids::kExtendedKeyUsage, false, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"sv},
    {oids::kBasicConstraints, true, "\x30\x00"sv},
    {oids::kCertificatePolicies, false, "\x30\x0a\x30\x08\x06\x06\x67\x81\x0c\x01\x02\x01"sv},
}};
constexpr size_t kExtensionCount = kFixedExtensions.size() + 2;

Bytes expected_subject(const std::string& common_name);
Result<void> verify_extensions(const Certificate& leaf, const LeafRequest& request,
                               const Certificate& issuer);
Result<void> verify_signature_of(const Certificate& leaf, const PublicKey& issuer_key);

tl::unexpected<base::Error> differs(const std::string& what) {
  return fail(ErrorKind::internal, "the signed certificate is not the one that was asked for: " + what);
}

}  // namespace

Result<void> verify_issued(BytesView leaf_der, const LeafRequest& request, const Certificate& issuer,
                           const PublicKey& issuer_key) {
  const auto parsed = parse_certificate(leaf_der);
  if (!parsed) return differs(parsed.error().detail);
  const Certificate& leaf = *parsed;
  if (leaf.serial != request.serial) return differs("serial number");
  if (leaf.issuer_der != issuer.subject_der) return differs("issuer");
  if (leaf.validity != request.validity) return differs("validity");
  if (leaf.subject_der != expected_subject(request.common_name)) return differs("subject");
  if (leaf.spki_der != request.spki_der) return differs("public key");
  if (leaf.subject_alt_name != SubjectAltName{request.dns_names, request.ip_addresses})
    return differs("names");
  CHECK(verify_extensions(leaf, request, issuer));
  return verify_signature_of(leaf, issuer_key);
}

namespace {

// SEQUENCE { SET { SEQUENCE { commonName, UTF8String } } }. Every length takes one octet: a leaf's common name
// has at most kCommonNameSizeMax.
Bytes expected_subject(const std::string& common_name) {
  if (common_name.empty()) return Bytes("\x30\x00"sv);
  const auto headed = [](char tag, const Bytes& content) {
    return Bytes{tag, char(content.size())} + content;
  };
  return headed('\x30', headed('\x31', headed('\x30', "\x06\x03\x55\x04\x03" + headed('\x0c', common_name))));
}

Result<void> verify_extensions(const Certificate& leaf, const LeafRequest& request,
                               const Certificate& issuer) {
  if (leaf.extensions.size() != kExtensionCount) return differs("number of extensions");
  for (const FixedExtension& fixed : kFixedExtensions) {
    const Extension* found = find_extension(leaf.extensions, fixed.oid);
    if (found == nullptr || found->critical != fixed.critical || found->value != fixed.value) {
      return differs("extensions");
    }
  }
  const Extension* names = find_extension(leaf.extensions, oids::kSubjectAltName);
  if (names == nullptr || names->critical != request.common_name.empty())
    return differs("criticality of the subjectAltName");

  // OCTET STRING against SEQUENCE { [0] }, both of an identifier shorter than 126 octets.
  const Extension* authority = find_extension(leaf.extensions, oids::kAuthorityKeyIdentifier);
  const Extension* subject = find_extension(issuer.extensions, oids::kSubjectKeyIdentifier);
  if (authority == nullptr || authority->critical || subject == nullptr)
    return differs("authorityKeyIdentifier");
  Bytes expected = subject->value;
  expected[0] = '\x80';
  expected = Bytes{'\x30', char(expected.size())} + expected;
  if (authority->value != expected) return differs("authorityKeyIdentifier");
  return {};
}

// BR 7.1.3.2.2: the hash that belongs to the curve, and no parameters.
Result<void> verify_signature_of(const Certificate& leaf, const PublicKey& issuer_key) {
  const bool p256 = issuer_key.type == KeyType::p256;
  const BytesView algorithm = p256 ? "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv
                                   : "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv;
  if (leaf.signature_algorithm_der != algorithm) return differs("signature algorithm");
  const auto known = p256 ? SignatureAlgorithm::ecdsa_sha256 : SignatureAlgorithm::ecdsa_sha384;
  if (!verify_signature(known, issuer_key, leaf.tbs_der, leaf.signature)) return differs("signature");
  return {};
}

}  // namespace

}  // namespace acmecore
