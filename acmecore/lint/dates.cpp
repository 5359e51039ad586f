#include "acmecore/baseline_requirements.h"
#include "acmecore/lint/rule.h"
#include "acmecore/validity.h"
#include "base/quantity.h"

// When a certificate is valid (RFC 5280 §4.1.2.5). Where a time is not encoded as it should be, that alone is found.
namespace acmecore::lint {

using base::Time;
using std::chrono::seconds;

namespace {

std::optional<Validity> validity_of(const Input& input) {
  if (!input.tbs.not_before || !input.tbs.not_after) return std::nullopt;
  return Validity{*input.tbs.not_before, *input.tbs.not_after};
}

// Both ends are a part of it.
auto length(const Validity& validity) { return validity.not_after - validity.not_before + seconds(1); }

Fault time_encoding(const Input& input) {
  if (validity_of(input)) return std::nullopt;
  return "a time is not in UTCTime until 2049 and GeneralizedTime from then on, to the second, with Z";
}

Fault in_order(const Input& input) {
  const auto validity = validity_of(input);
  if (!validity || validity->not_before < validity->not_after) return std::nullopt;
  return "the certificate ends before it begins";
}

Fault within_issuer(const Input& input) {
  const auto validity = validity_of(input);
  const Validity& issuer = input.issuer.validity;
  if (!validity) return std::nullopt;
  if (validity->not_before >= issuer.not_before && validity->not_after <= issuer.not_after)
    return std::nullopt;
  return "the validity is not within the issuing CA's";
}

Fault within_max(const Input& input) {
  const auto validity = validity_of(input);
  const auto limit = lifetime_limit(input.rules, input.now);
  if (!validity || !limit || length(*validity) <= *limit) return std::nullopt;
  return "the certificate is valid for " + base::duration_text(length(*validity)) + ", where " +
         base::duration_text(*limit) + " are the most";
}

// A client that counts otherwise, by leap seconds say, is not to find one second too many.
Fault below_max(const Input& input) {
  const auto validity = validity_of(input);
  const auto limit = lifetime_limit(input.rules, input.now);
  if (!validity || !limit || length(*validity) < *limit) return std::nullopt;
  return "the certificate is valid for as long as may be, " + base::duration_text(*limit);
}

Fault not_before(const Input& input) {
  const auto validity = validity_of(input);
  if (!validity || std::chrono::abs(validity->not_before - input.now) <= kBackdateMax) return std::nullopt;
  return "notBefore is " + base::rfc3339(validity->not_before) + ", more than 48 hours from the signature";
}

constexpr auto kOff = Severity::off;
constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"time_encoding", "RFC 5280 §4.1.2.5", kError, kError, time_encoding, Certified::both},
    {"validity_in_order", "RFC 5280 §4.1.2.5", kError, kError, in_order, Certified::both},
    {"validity_within_issuer", "RFC 5280 §6.1.3", kError, kError, within_issuer},
    {"validity_within_max", "BR 6.3.2", kOff, kError, within_max},
    {"validity_below_max", "BR 6.3.2", kOff, kWarning, below_max},
    {"not_before_near_signature", "BR 7.1.2.7", kOff, kError, not_before},
};

}  // namespace

std::span<const Rule> date_rules() { return kRules; }

}  // namespace acmecore::lint
