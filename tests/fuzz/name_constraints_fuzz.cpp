// The nameConstraints of a CA that somebody else certified. What is read and can be written is read as the same again.
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
  acmecore::NameConstraints written = *constraints;
  written.on_subjects = false;
  if (written.empty()) return 0;
  const auto again = acmecore::parse_name_constraints(acmecore::encode(written));
  if (!again || *again != written) std::abort();
  if (acmecore::check_constraints(*again, names, false).has_value() != permits) std::abort();
  return 0;
}
