// The nameConstraints of a CA that somebody else certified. What is written again is read as the same.
#include <cstdint>
#include <cstdlib>

#include "acmecore/name_constraints.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto constraints = acmecore::parse_name_constraints(base::view({data, size}));
  if (!constraints) return 0;
  acmecore::texts_of(constraints->permitted);
  acmecore::texts_of(constraints->excluded);
  const acmecore::SubjectAltName names{{"*.www.corp.test", "corp.test"}, {base::Bytes(4, '\x7f')}};
  const bool permits = acmecore::check_constraints(*constraints, names, false).has_value();
  const auto again = acmecore::parse_name_constraints(acmecore::encode(*constraints));
  if (!again || *again != *constraints) std::abort();
  if (acmecore::check_constraints(*again, names, false).has_value() != permits) std::abort();
  return 0;
}
