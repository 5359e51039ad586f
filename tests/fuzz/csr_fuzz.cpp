// A certification request as any subscriber may send it. What is accepted must be fit to sign.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "acmecore/csr.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/public_key.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto csr = acmecore::parse_csr(base::view({data, size}));
  if (!csr) {
    if (csr.error().kind != base::ErrorKind::bad_csr || csr.error().detail.empty()) std::abort();
    return 0;
  }
  const auto& names = csr->dns_names;
  const bool in_order = std::is_sorted(names.begin(), names.end()) &&
                        std::adjacent_find(names.begin(), names.end()) == names.end();
  if (names.empty() || !in_order || !acmecore::parse_public_key(csr->spki_der)) std::abort();
  for (const auto& name : names) {
    if (!acmecore::check_dns_name(name)) std::abort();
  }
  return 0;
}
