// What names a certificate in a path or an order (RFC 9773 §4.1). What is accepted has one spelling.
#include <cstdint>
#include <cstdlib>

#include "acmecore/renewal.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto id = acmecore::parse_certificate_id(text);
  if (!id && (id.error().kind != base::ErrorKind::malformed || id.error().detail.empty())) std::abort();
  if (id && acmecore::text_of(*id) != text) std::abort();
  return 0;
}
