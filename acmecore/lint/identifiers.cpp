#include "acmecore/der.h"
#include "acmecore/key_identifier.h"
#include "acmecore/lint/rule.h"
#include "acmecore/oids.h"

// Which key signed, and which one is certified (RFC 5280 §4.2.1.1 and §4.2.1.2).
namespace acmecore::lint {

using base::BytesView;

namespace {

// The issuing CA's subjectKeyIdentifier; empty: there is none.
BytesView issuer_identifier(const Input& input) {
  const Extension* own = find_extension(input.issuer.extensions, oids::kSubjectKeyIdentifier);
  const auto identifier = der::only(der::kOctetString, own == nullptr ? BytesView() : BytesView(own->value));
  return identifier ? *identifier : BytesView();
}

Fault authority(const Input& input) {
  const ExtensionView* authority = input.tbs.find(oids::kAuthorityKeyIdentifier);
  if (authority == nullptr) return "there is no authorityKeyIdentifier";
  if (authority->is_critical()) return "authorityKeyIdentifier is critical";
  const auto fields = der::only(der::kSequence, authority->value);
  const auto identifier = der::only(der::context(0), fields ? *fields : BytesView());
  if (!identifier) return "authorityKeyIdentifier has more than a keyIdentifier, or none";
  if (*identifier != issuer_identifier(input)) return "authorityKeyIdentifier is not the issuing CA's";
  return std::nullopt;
}

Fault subject_absent(const Input& input) {
  if (input.tbs.find(oids::kSubjectKeyIdentifier) == nullptr) return std::nullopt;
  return "there is a subjectKeyIdentifier";
}

Fault subject_value(const Input& input) {
  const ExtensionView* subject = input.tbs.find(oids::kSubjectKeyIdentifier);
  if (subject == nullptr) return std::nullopt;
  if (subject->is_critical()) return "subjectKeyIdentifier is critical";
  const auto identifier = der::only(der::kOctetString, subject->value);
  const auto expected = key_identifier(input.tbs.spki);
  if (identifier && expected && *identifier == *expected) return std::nullopt;
  return "subjectKeyIdentifier is not derived from the key (RFC 7093 §2, method 1)";
}

constexpr auto kOff = Severity::off;
constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"authority_key_identifier", "BR 7.1.2.11.1", kError, kError, authority},
    {"subject_key_identifier_absent", "BR 7.1.2.7.6", kOff, kWarning, subject_absent},
    {"subject_key_identifier_value", "BR 7.1.2.11.4", kError, kError, subject_value},
};

}  // namespace

std::span<const Rule> identifier_rules() { return kRules; }

}  // namespace acmecore::lint
