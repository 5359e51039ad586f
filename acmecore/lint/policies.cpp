#include <algorithm>
#include <array>

#include "acmecore/der.h"
#include "acmecore/lint/rule.h"
#include "acmecore/oids.h"

// certificatePolicies (RFC 5280 §4.2.1.4, BR 7.1.2.7.9).
namespace acmecore::lint {

using base::BytesView;

namespace {

constexpr size_t kPoliciesMax = 16;
using Policies = boost::container::static_vector<BytesView, kPoliciesMax>;  // content octets of the OIDs

// Nothing: not a list of at least one policy without qualifiers, or more of them than a profile has.
std::optional<Policies> read(BytesView value) {
  const auto list = der::only(der::kSequence, value);
  if (!list || list->empty()) return std::nullopt;
  Policies policies;
  der::Reader reader(*list);
  while (!reader.at_end()) {
    const auto information = reader.next(der::kSequence);
    const auto oid = der::only(der::kOid, information ? information->content : BytesView());
    if (!oid || policies.size() == kPoliciesMax) return std::nullopt;
    policies.push_back(*oid);
  }
  return policies;
}

// Empty: there are none, or none that can be read.
Policies policies_of(const Input& input) {
  const ExtensionView* policies = input.tbs.find(oids::kCertificatePolicies);
  return policies == nullptr ? Policies() : read(policies->value).value_or(Policies());
}

bool is_reserved(BytesView policy) {
  constexpr std::array kReserved{oids::kDomainValidated, oids::kOrganizationValidated,
                                 oids::kIndividualValidated, oids::kExtendedValidation};
  return std::ranges::find(kReserved, policy) != kReserved.end();
}

Fault form(const Input& input) {
  const ExtensionView* policies = input.tbs.find(oids::kCertificatePolicies);
  if (policies == nullptr) return std::nullopt;
  if (policies->is_critical()) return "certificatePolicies are critical";
  if (read(policies->value)) return std::nullopt;
  return "certificatePolicies are not at least one policy without qualifiers";
}

Fault unique(const Input& input) {
  Policies policies = policies_of(input);
  std::ranges::sort(policies);
  if (std::ranges::adjacent_find(policies) == policies.end()) return std::nullopt;
  return "certificatePolicies have a policy twice";
}

Fault reserved(const Input& input) {
  const Policies policies = policies_of(input);
  const bool is_domain_validated = std::ranges::count(policies, oids::kDomainValidated) > 0;
  if (is_domain_validated && std::ranges::count_if(policies, is_reserved) == 1) return std::nullopt;
  return "certificatePolicies have not 2.23.140.1.2.1 alone of those that the BR reserve";
}

Fault reserved_first(const Input& input) {
  const Policies policies = policies_of(input);
  if (policies.empty() || is_reserved(policies.front())) return std::nullopt;
  return "certificatePolicies begin with another than the reserved one";
}

Fault reserved_absent(const Input& input) {
  if (std::ranges::none_of(policies_of(input), is_reserved)) return std::nullopt;
  return "certificatePolicies have one of the BR's, which the certificate does not claim to keep";
}

Fault any_policy(const Input& input) {
  if (std::ranges::count(policies_of(input), oids::kAnyPolicy) == 0) return std::nullopt;
  return "certificatePolicies have anyPolicy";
}

constexpr auto kOff = Severity::off;
constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"policies_form", "BR 7.1.2.7.9", kError, kError, form},
    {"policies_unique", "RFC 5280 §4.2.1.4", kError, kError, unique},
    {"policies_reserved", "BR 7.1.2.7.9", kOff, kError, reserved},
    {"policies_reserved_first", "BR 7.1.2.7.9", kOff, kWarning, reserved_first},
    {"policies_reserved_absent", "BR 7.1.6.1", kWarning, kOff, reserved_absent},
    {"any_policy_absent", "BR 7.1.2.7.9", kOff, kError, any_policy},
};

}  // namespace

std::span<const Rule> policy_rules() { return kRules; }

}  // namespace acmecore::lint
