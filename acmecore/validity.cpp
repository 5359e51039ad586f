#include "acmecore/validity.h"

#include <algorithm>

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::chrono::seconds;

Result<Validity> leaf_validity(Time now, seconds lifetime, Time issuer_not_after) {
  if (lifetime < kLeafLifetimeMin)
    return fail(ErrorKind::internal, "the lifetime of leaves is below two hours");
  const Time not_before = std::chrono::floor<seconds>(now) - kBackdate;
  const Time not_after = std::min<Time>(not_before + lifetime - seconds(1), issuer_not_after);
  if (not_after < not_before + kLeafLifetimeMin - seconds(1)) {
    return fail(ErrorKind::internal, "the issuing CA ends at " + base::rfc3339(issuer_not_after) +
                                         ", too soon to issue: it must be replaced");
  }
  return Validity{not_before, not_after};
}

bool due_for_renewal(const Validity& validity, Time now) {
  return now >= validity.not_before + (validity.not_after - validity.not_before) * 2 / 3;
}

}  // namespace acmecore
