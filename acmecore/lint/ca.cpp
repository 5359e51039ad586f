#include "acmecore/der.h"
#include "acmecore/lint/rule.h"
#include "acmecore/name_constraints.h"
#include "acmecore/oids.h"

// What is asked of a CA's own certificate.
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

Fault basic_constraints(const Input& input) {
  const ExtensionView* constraints = input.tbs.find(oids::kBasicConstraints);
  const auto fields = der::only(der::kSequence, constraints == nullptr ? BytesView() : constraints->value);
  if (!fields || !fields->starts_with("\x01\x01\xff"sv)) return "basicConstraints do not say cA";
  if (!constraints->is_critical()) return "basicConstraints are not critical";
  return std::nullopt;
}

Fault key_usage(const Input& input) {
  constexpr uint8_t kKeyCertSignAndCrlSign = 0x06;
  const ExtensionView* usage = input.tbs.find(oids::kKeyUsage);
  const auto bits = der::only(der::kBitString, usage == nullptr ? BytesView() : usage->value);
  const bool has_both =
      bits && bits->size() > 1 && (uint8_t((*bits)[1]) & kKeyCertSignAndCrlSign) == kKeyCertSignAndCrlSign;
  if (!has_both) return "keyUsage lacks keyCertSign or cRLSign";
  if (!usage->is_critical()) return "keyUsage is not critical";
  return std::nullopt;
}

Fault subject_key_identifier(const Input& input) {
  const ExtensionView* identifier = input.tbs.find(oids::kSubjectKeyIdentifier);
  if (identifier != nullptr && !identifier->is_critical()) return std::nullopt;
  return "there is no subjectKeyIdentifier, or it is critical";
}

// A self-signed certificate may leave it out. Where it and the issuer's subjectKeyIdentifier differ, OpenSSL does not
// take one for the issuer of the other.
Fault authority_key_identifier(const Input& input) {
  const ExtensionView* authority = input.tbs.find(oids::kAuthorityKeyIdentifier);
  const bool is_self_signed = input.tbs.subject == input.tbs.issuer;
  if (authority == nullptr && is_self_signed) return std::nullopt;
  if (authority == nullptr || authority->is_critical())
    return "there is no authorityKeyIdentifier, or it is critical";
  const Extension* subject = find_extension(input.issuer.extensions, oids::kSubjectKeyIdentifier);
  if (subject == nullptr) return std::nullopt;
  const auto expected = der::only(der::kOctetString, subject->value);
  const auto fields = der::only(der::kSequence, authority->value);
  der::Reader reader(fields ? *fields : BytesView());
  const auto identifier = reader.next(der::context(0));
  if (expected && identifier && identifier->content == *expected) return std::nullopt;
  return "authorityKeyIdentifier does not have the issuer's subjectKeyIdentifier";
}

Fault name_constraints(const Input& input) {
  const ExtensionView* constraints = input.tbs.find(oids::kNameConstraints);
  if (constraints == nullptr) return std::nullopt;
  if (const auto read = parse_name_constraints(constraints->value); !read) return read.error().detail;
  if (!constraints->is_critical()) return "nameConstraints are not critical";
  return std::nullopt;
}

Fault subject(const Input& input) {
  if (!input.tbs.has_empty_subject()) return std::nullopt;
  return "the subject is empty";
}

constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"ca_basic_constraints", "RFC 5280 §4.2.1.9", kError, kError, basic_constraints, Certified::ca},
    {"ca_key_usage", "RFC 5280 §4.2.1.3", kError, kError, key_usage, Certified::ca},
    {"ca_subject_key_identifier", "RFC 5280 §4.2.1.2", kError, kError, subject_key_identifier, Certified::ca},
    {"ca_authority_key_identifier", "RFC 5280 §4.2.1.1", kError, kError, authority_key_identifier,
     Certified::ca},
    {"ca_name_constraints", "RFC 5280 §4.2.1.10", kError, kError, name_constraints, Certified::ca},
    {"ca_subject_present", "RFC 5280 §4.1.2.6", kError, kError, subject, Certified::ca},
};

}  // namespace

std::span<const Rule> ca_rules() { return kRules; }

}  // namespace acmecore::lint
