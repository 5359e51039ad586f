#include "acmecore/issued_certificate.h"

namespace acmecore {

base::Result<RevocationReason> parse_reason(std::optional<int64_t> code) {
  const int64_t value = code.value_or(0);
  for (RevocationReason reason : {RevocationReason::unspecified, RevocationReason::key_compromise,
                                  RevocationReason::affiliation_changed, RevocationReason::superseded,
                                  RevocationReason::cessation_of_operation}) {
    if (value == int64_t(reason)) return reason;
  }
  return base::fail(
      base::ErrorKind::bad_revocation_reason,
      "the reason " + std::to_string(value) +
          " is not one that a subscriber may give; these are: 0 (unspecified), 1 (keyCompromise), 3 "
          "(affiliationChanged), 4 (superseded), 5 (cessationOfOperation)");
}

}  // namespace acmecore
