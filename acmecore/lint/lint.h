#pragma once

#include <span>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/lint/rule.h"
#include "base/bytes.h"
#include "base/time.h"

// Looks at what is about to be signed, by rules of RFC 5280 and of the Baseline Requirements ("BR") that each have a
// name (BR 4.3.1.2, "linting"). It reads the octets anew, with nothing of what wrote them. docs/certificates.md lists
// the rules.
namespace acmecore::lint {

// All of them, each name once.
std::span<const Rule> rules();

struct Finding {
  const Rule* rule;   // one of rules()
  Severity severity;  // a warning or an error
  std::string what;
};

// "validity_within_max (BR 6.3.2): the certificate is valid for 201d, where 200d are the most".
std::string text_of(const Finding& finding);

// Of a leaf that `issuer` is about to sign at `now`; none: it is as the rules have it.
std::vector<Finding> lint_leaf(base::BytesView tbs_der, const Certificate& issuer, ProfileRules rules,
                               base::Time now);

// Of a CA's certificate that `issuer`, perhaps itself, is about to sign, or that is about to be taken into use.
std::vector<Finding> lint_new_ca(base::BytesView tbs_der, const Certificate& issuer, base::Time now);

// The same of one that is in use already. Warnings only: who made it was somebody else. `issuer` is null where it is
// not at hand.
std::vector<Finding> lint_ca(const Certificate& certificate, const Certificate* issuer, base::Time now);

// The first error among them; null: there is none.
const Finding* first_error(const std::vector<Finding>& findings);

}  // namespace acmecore::lint
