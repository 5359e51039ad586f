// A TBSCertificate as the linter gets it, which has to look at whatever was written. What it finds nothing in, the
// strict reader reads.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "acmecore/lint/lint.h"

namespace {

using acmecore::ProfileRules;
using acmecore::lint::Finding;

// What is found beside these is wrong with the octets themselves, whoever signs them.
constexpr std::array<std::string_view, 4> kOfTheIssuer = {
    "issuer_is_the_ca", "signature_algorithm", "authority_key_identifier", "validity_within_issuer"};

bool has_own_error(const std::vector<Finding>& findings) {
  return std::ranges::any_of(findings, [](const Finding& finding) {
    if (finding.what.empty()) std::abort();
    return finding.severity == acmecore::lint::Severity::error &&
           std::ranges::count(kOfTheIssuer, finding.rule->name) == 0;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto tbs = base::view({data, size});
  const auto read = acmecore::parse_tbs_certificate(tbs);
  const acmecore::Certificate issuer = read ? *read : acmecore::Certificate();
  for (const auto rules :
       {ProfileRules::private_trust, ProfileRules::public_trust, ProfileRules::short_lived}) {
    const bool is_refused =
        has_own_error(acmecore::lint::lint_leaf(tbs, issuer, rules, issuer.validity.not_before));
    if (!read && !is_refused) std::abort();
  }
  if (read) acmecore::lint::lint_ca(*read, &*read, read->validity.not_before);
  acmecore::lint::lint_new_ca(tbs, issuer, issuer.validity.not_before);
  return 0;
}
