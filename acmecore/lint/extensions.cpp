#include <algorithm>
#include <array>

#include "acmecore/lint/rule.h"
#include "acmecore/oids.h"

// Which extensions there are and how they are written (RFC 5280 §4.2, BR 7.1.2.7.6).
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

// All that leaf_fields knows. A list of signed certificate timestamps is not among them: nothing is logged.
constexpr std::array kKnown{oids::kKeyUsage,
                            oids::kExtendedKeyUsage,
                            oids::kBasicConstraints,
                            oids::kSubjectKeyIdentifier,
                            oids::kAuthorityKeyIdentifier,
                            oids::kCertificatePolicies,
                            oids::kCrlDistributionPoints,
                            oids::kAuthorityInfoAccess,
                            oids::kSubjectAltName,
                            oids::kTlsFeature};

Fault known(const Input& input) {
  const bool are_known = std::ranges::all_of(input.tbs.extensions, [](const ExtensionView& extension) {
    return std::ranges::find(kKnown, extension.oid) != kKnown.end();
  });
  if (are_known) return std::nullopt;
  return "there is an extension that no profile has";
}

Fault unique(const Input& input) {
  const auto& extensions = input.tbs.extensions;
  const bool are_unique = std::ranges::all_of(extensions, [&](const ExtensionView& extension) {
    return input.tbs.find(extension.oid) == &extension;
  });
  if (are_unique) return std::nullopt;
  return "an extension is there twice";
}

// X.690 §11.1 and §11.5: what is the default is left out, and TRUE is one octet of ones.
Fault criticality_encoding(const Input& input) {
  static constexpr BytesView kTrue = "\x01\x01\xff"sv;
  const bool are_der = std::ranges::all_of(input.tbs.extensions, [](const ExtensionView& extension) {
    return extension.critical.empty() || extension.critical == kTrue;
  });
  if (are_der) return std::nullopt;
  return "an extension says in another way than TRUE whether it is critical";
}

Fault name_constraints(const Input& input) {
  if (input.tbs.find(oids::kNameConstraints) == nullptr) return std::nullopt;
  return "there are nameConstraints, which are for CAs";
}

Fault basic_constraints(const Input& input) {
  constexpr BytesView kNoCa = "\x30\x00"sv;
  const ExtensionView* constraints = input.tbs.find(oids::kBasicConstraints);
  if (constraints == nullptr) return std::nullopt;
  if (constraints->value != kNoCa) return "basicConstraints are not the empty SEQUENCE, which is cA FALSE";
  if (!constraints->is_critical()) return "basicConstraints are not critical";
  return std::nullopt;
}

constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"extensions_known", "BR 7.1.2.7.6", kError, kError, known},
    {"extensions_unique", "RFC 5280 §4.2", kError, kError, unique, Certified::both},
    {"extension_criticality_encoding", "X.690 §11.5", kError, kError, criticality_encoding, Certified::both},
    {"name_constraints_absent", "BR 7.1.2.7.6", kError, kError, name_constraints},
    {"basic_constraints", "BR 7.1.2.7.8", kError, kError, basic_constraints},
};

}  // namespace

std::span<const Rule> extension_rules() { return kRules; }

}  // namespace acmecore::lint
