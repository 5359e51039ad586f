// What parses is exactly one of kid and jwk, and the same octets never parse differently. The signature of a
// JWS that carries its key is checked too: that is what a stranger reaches.
#include <cstdint>
#include <cstdlib>

#include "acmecore/jws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto jws = acmecore::parse_jws(body);
  if (!jws) return 0;
  if (jws->kid.has_value() == jws->jwk.has_value()) std::abort();
  if (jws->jwk && acmecore::verify_signature(*jws, *jws->jwk).has_value() !=
                      acmecore::verify_signature(*jws, *jws->jwk).has_value()) {
    std::abort();
  }
  return 0;
}
