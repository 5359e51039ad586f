#include "acmecore/verify_issued.h"

#include <string>
#include <vector>

#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/signature.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

std::vector<Extension> expected_extensions(const LeafRequest& request, const Certificate& issuer);
Bytes expected_subject(const LeafRequest& request);
Result<void> verify_extensions(const std::vector<Extension>& found, const std::vector<Extension>& expected);
Result<void> verify_signature_of(const Certificate& leaf, const SignatureVerifier& issuer_key);

tl::unexpected<base::Error> differs(const std::string& what) {
  return fail(ErrorKind::internal, "the certificate is not the one that was asked for: " + what);
}

// An element with a length below 64 KiB.
Bytes headed(char tag, const Bytes& content) {
  const size_t size = content.size();
  Bytes length(1, char(size));
  if (size > 0x7f) length = {'\x81', char(size)};
  if (size > 0xff) length = {'\x82', char(size >> 8), char(size)};
  return tag + length + content;
}

}  // namespace

Result<void> verify_tbs(const Certificate& tbs, const LeafRequest& request, const Certificate& issuer) {
  if (tbs.serial != request.serial) return differs("serial number");
  if (tbs.issuer_der != issuer.subject_der) return differs("issuer");
  if (tbs.validity != request.validity) return differs("validity");
  if (tbs.subject_der != expected_subject(request)) return differs("subject");
  if (tbs.spki_der != request.spki_der) return differs("public key");
  if (tbs.subject_alt_name != SubjectAltName{request.dns_names, request.ip_addresses})
    return differs("names");
  return verify_extensions(tbs.extensions, expected_extensions(request, issuer));
}

Result<void> verify_issued(BytesView leaf_der, const LeafRequest& request, const Certificate& issuer,
                           const SignatureVerifier& issuer_key) {
  const auto leaf = parse_certificate(leaf_der);
  if (!leaf) return differs(leaf.error().detail);
  CHECK(verify_tbs(*leaf, request, issuer));
  return verify_signature_of(*leaf, issuer_key);
}

namespace {

// SEQUENCE OF SET { SEQUENCE { type, value } }: 2.5.4.6, 2.5.4.10 and 2.5.4.3.
Bytes expected_subject(const LeafRequest& request) {
  const auto rdn = [](char last_arc, char string_type, const std::string& value) {
    if (value.empty()) return Bytes();
    return headed('\x31', headed('\x30', Bytes("\x06\x03\x55\x04") + last_arc + headed(string_type, value)));
  };
  return headed('\x30', rdn('\x06', '\x13', request.content.country) +
                            rdn('\x0a', '\x0c', request.content.organization) +
                            rdn('\x03', '\x0c', request.common_name));
}

// Of a SubjectPublicKeyInfo: the AlgorithmIdentifier, whole, and what the BIT STRING holds.
struct Key {
  BytesView algorithm;
  BytesView bits;
};

Key key_of(BytesView spki_der) {
  der::Reader outer(spki_der);
  const auto sequence = outer.next(der::kSequence);
  der::Reader inner(sequence ? sequence->content : BytesView());
  const auto algorithm = inner.next();
  const auto bits = inner.next();
  if (!algorithm || !bits || bits->content.empty()) return {};
  return {algorithm->whole, bits->content.substr(1)};
}

Bytes expected_key_usage(const LeafRequest& request) {
  const bool is_rsa =
      key_of(request.spki_der).algorithm == "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
  return Bytes(is_rsa && request.content.key_encipherment ? "\x03\x02\x05\xa0"sv : "\x03\x02\x07\x80"sv);
}

Bytes expected_usages(const LeafContent& content) {
  const BytesView server = "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"sv;
  const BytesView both =
      "\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"sv;
  return Bytes(content.client_auth ? both : server);
}

Bytes expected_key_identifier(BytesView spki_der) {
  return headed('\x04', base::sha256(key_of(spki_der).bits).substr(0, 20));
}

// SEQUENCE { [0] } of what the issuer's OCTET STRING holds.
Bytes expected_authority(const Certificate& issuer) {
  const Extension* own = find_extension(issuer.extensions, oids::kSubjectKeyIdentifier);
  if (own == nullptr || own->value.empty()) return {};
  Bytes identifier = own->value;
  identifier[0] = '\x80';
  return headed('\x30', identifier);
}

Bytes url(const std::string& text) { return headed('\x86', text); }

Bytes expected_access(const LeafContent& content) {
  Bytes all;
  if (!content.ocsp_url.empty())
    all += headed('\x30', "\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01" + url(content.ocsp_url));
  if (!content.ca_issuers_url.empty())
    all += headed('\x30', "\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02" + url(content.ca_issuers_url));
  return headed('\x30', all);
}

Bytes expected_policies(const std::vector<Bytes>& policies) {
  Bytes all;
  for (const Bytes& policy : policies)
    all += headed('\x30', headed('\x06', policy));
  return headed('\x30', all);
}

Bytes expected_names(const LeafRequest& request) {
  Bytes all;
  for (const std::string& name : request.dns_names)
    all += headed('\x82', name);
  for (const Bytes& address : request.ip_addresses)
    all += headed('\x87', address);
  return headed('\x30', all);
}

// BR 7.1.2.7.6 to 7.1.2.7.12, octet for octet.
std::vector<Extension> expected_extensions(const LeafRequest& request, const Certificate& issuer) {
  const LeafContent& content = request.content;
  const std::string& crl = content.crl_distribution_point;
  const bool has_subject =
      !content.country.empty() || !content.organization.empty() || !request.common_name.empty();
  const bool has_access = !content.ocsp_url.empty() || !content.ca_issuers_url.empty();
  std::vector<Extension> all;
  all.reserve(kUsualExtensions);
  const auto expect = [&all](bool present, BytesView oid, bool critical, const Bytes& value) {
    if (present) all.push_back({Bytes(oid), critical, value});
  };
  expect(true, oids::kKeyUsage, true, expected_key_usage(request));
  expect(true, oids::kExtendedKeyUsage, false, expected_usages(content));
  expect(true, oids::kBasicConstraints, true, Bytes("\x30\x00"sv));
  expect(content.subject_key_identifier, oids::kSubjectKeyIdentifier, false,
         expected_key_identifier(request.spki_der));
  expect(true, oids::kAuthorityKeyIdentifier, false, expected_authority(issuer));
  expect(!content.policies.empty(), oids::kCertificatePolicies, false, expected_policies(content.policies));
  expect(!crl.empty(), oids::kCrlDistributionPoints, false,
         headed('\x30', headed('\x30', headed('\xa0', headed('\xa0', url(crl))))));
  expect(has_access, oids::kAuthorityInfoAccess, false, expected_access(content));
  expect(true, oids::kSubjectAltName, !has_subject, expected_names(request));
  expect(content.must_staple, oids::kTlsFeature, false, Bytes("\x30\x03\x02\x01\x05"sv));
  return all;
}

Result<void> verify_extensions(const std::vector<Extension>& found, const std::vector<Extension>& expected) {
  if (found.size() != expected.size()) return differs("number of extensions");
  for (size_t i = 0; i < found.size(); ++i) {
    const auto place = [i] { return "extension " + std::to_string(i + 1); };
    if (found[i].oid != expected[i].oid) return differs(place());
    if (found[i].critical != expected[i].critical) return differs("criticality of " + place());
    if (found[i].value != expected[i].value) return differs("value of " + place());
  }
  return {};
}

struct IssuerSignature {
  SignatureAlgorithm algorithm;
  BytesView der;  // AlgorithmIdentifier
};

// BR 7.1.3.2: the hash that belongs to the curve, or to the size of an RSA key; RFC 8410 §3.
IssuerSignature signature_by(const PublicKey& issuer_key) {
  constexpr int kLargeRsaBits = 4096;
  switch (issuer_key.type) {
    case KeyType::p256:
      return {SignatureAlgorithm::ecdsa_sha256, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv};
    case KeyType::p384:
      return {SignatureAlgorithm::ecdsa_sha384, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv};
    case KeyType::p521:
      return {SignatureAlgorithm::ecdsa_sha512, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"sv};
    case KeyType::ed25519: return {SignatureAlgorithm::ed25519, "\x30\x05\x06\x03\x2b\x65\x70"sv};
    case KeyType::rsa: break;
  }
  if (EVP_PKEY_get_bits(issuer_key.key.get()) >= kLargeRsaBits) {
    return {SignatureAlgorithm::rsa_sha384, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv};
  }
  return {SignatureAlgorithm::rsa_sha256, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv};
}

Result<void> verify_signature_of(const Certificate& leaf, const SignatureVerifier& issuer_key) {
  const auto [algorithm, der] = signature_by(issuer_key.key());
  if (leaf.signature_algorithm_der != der) return differs("signature algorithm");
  if (!issuer_key.verify(algorithm, leaf.tbs_der, leaf.signature)) return differs("signature");
  return {};
}

}  // namespace

}  // namespace acmecore
