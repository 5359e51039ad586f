#include "acmecore/ca_certificate.h"

#include <cassert>
#include <optional>

#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using namespace std::string_view_literals;

namespace {

// Bits of keyUsage (RFC 5280 §4.2.1.3), all of which are in its first octet.
constexpr uint8_t kDigitalSignature = 0x80;
constexpr uint8_t kKeyCertSign = 0x04;
constexpr uint8_t kCrlSign = 0x02;

bool has_key_usage(const Certificate& certificate, uint8_t bit) {
  const Extension* usage = find_extension(certificate.extensions, oids::kKeyUsage);
  return usage != nullptr && usage->value.size() >= 4 && (uint8_t(usage->value[3]) & bit) != 0;
}

bool has_purpose(const Extension& purposes, BytesView oid) {
  return purposes.value.find(der::oid(oid)) != base::Bytes::npos;
}

// Of a basicConstraints. Nothing: it has none, or one that is longer than any chain. What cannot be read lets none be.
std::optional<size_t> path_length(BytesView basic_constraints) {
  const auto content = der::only(der::kSequence, basic_constraints);
  if (!content) return 0;
  der::Reader reader(*content);
  const bool is_readable = reader.true_or_absent().has_value();
  if (is_readable && reader.at_end()) return std::nullopt;
  const auto length = reader.integer();
  if (!is_readable || !length || (uint8_t((*length)[0]) & 0x80) != 0) return 0;
  return length->size() == 1 ? std::optional<size_t>(uint8_t((*length)[0])) : std::nullopt;
}

}  // namespace

Result<void> check_ca_certificate(const std::string& what, const Certificate& certificate, Time now) {
  const Validity& validity = certificate.validity;
  if (now < validity.not_before || now > validity.not_after) {
    return fail(ErrorKind::unavailable, what + " is valid only from " + base::rfc3339(validity.not_before) +
                                            " to " + base::rfc3339(validity.not_after));
  }
  const Extension* constraints = find_extension(certificate.extensions, oids::kBasicConstraints);
  const auto fields = der::only(der::kSequence, constraints == nullptr ? BytesView() : constraints->value);
  if (!fields || !fields->starts_with("\x01\x01\xff"sv)) {
    return fail(ErrorKind::unavailable, what + " is not a CA's");
  }
  return {};
}

Result<void> check_issuing_certificate(const std::string& what, const Certificate& issuing) {
  const auto refuse = [&](const char* why) { return fail(ErrorKind::unavailable, what + " has " + why); };
  if (!has_key_usage(issuing, kKeyCertSign)) return refuse("no keyUsage keyCertSign");
  const Extension* purposes = find_extension(issuing.extensions, oids::kExtendedKeyUsage);
  if (purposes != nullptr && !has_purpose(*purposes, oids::kServerAuth)) {
    return refuse("an extendedKeyUsage without serverAuth");
  }
  const Extension* identifier = find_extension(issuing.extensions, oids::kSubjectKeyIdentifier);
  if (identifier == nullptr || !der::only(der::kOctetString, identifier->value) ||
      identifier->value.size() < 3) {
    return refuse("no subjectKeyIdentifier");
  }
  if (issuing.subject_der == "\x30\x00"sv) return refuse("an empty subject");
  return {};
}

Result<void> check_upper_certificate(const std::string& what, const Certificate& upper) {
  // A root of version 1 style has no keyUsage, which permits all (RFC 5280 §4.2.1.3).
  const bool has_usage = find_extension(upper.extensions, oids::kKeyUsage) != nullptr;
  if (has_usage && !has_key_usage(upper, kKeyCertSign)) {
    return fail(ErrorKind::unavailable, what + " has no keyUsage keyCertSign");
  }
  const Extension* purposes = find_extension(upper.extensions, oids::kExtendedKeyUsage);
  if (purposes == nullptr || has_purpose(*purposes, oids::kServerAuth) ||
      has_purpose(*purposes, oids::kAnyExtendedKeyUsage)) {
    return {};
  }
  return fail(ErrorKind::unavailable, what + " has an extendedKeyUsage without serverAuth");
}

bool certifies_clients(const Certificate& ca) {
  const Extension* purposes = find_extension(ca.extensions, oids::kExtendedKeyUsage);
  return purposes == nullptr || has_purpose(*purposes, oids::kClientAuth) ||
         has_purpose(*purposes, oids::kAnyExtendedKeyUsage);
}

Result<void> check_path_length(const std::string& what, const Certificate& certificate, size_t below) {
  const Extension* constraints = find_extension(certificate.extensions, oids::kBasicConstraints);
  const auto most = constraints == nullptr ? std::nullopt : path_length(constraints->value);
  if (most && *most < below) {
    return fail(ErrorKind::unavailable, what + " lets no more than " + std::to_string(*most) +
                                            " CAs stand between it and a leaf (pathLenConstraint)");
  }
  return {};
}

Result<void> check_crl_issuer(const std::string& what, const Certificate& issuing) {
  if (has_key_usage(issuing, kCrlSign)) return {};
  return fail(ErrorKind::unavailable, what + " has no keyUsage cRLSign, without which it signs no CRLs");
}

Result<void> check_ocsp_signer(const std::string& what, const Certificate& issuing) {
  if (has_key_usage(issuing, kDigitalSignature)) return {};
  return fail(ErrorKind::unavailable,
              what + " has no keyUsage digitalSignature, without which it signs no OCSP responses");
}

base::Bytes authority_key_identifier(const Certificate& issuing) {
  const Extension* own = find_extension(issuing.extensions, oids::kSubjectKeyIdentifier);
  assert(own != nullptr);
  const auto key_identifier = der::only(der::kOctetString, own->value);
  assert(key_identifier.has_value());
  return der::sequence({der::element(der::context(0), *key_identifier)});
}

}  // namespace acmecore
