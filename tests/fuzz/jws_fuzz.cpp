// What parses is exactly one of kid and jwk. The signature of a JWS that carries its key is checked too, for that is
// what a stranger reaches: one that is good is so no more with a bit of it changed.
#include <cstdint>
#include <cstdlib>

#include "acmecore/jws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  auto jws = acmecore::parse_jws(body);
  if (!jws) return 0;
  if (jws->kid.has_value() == jws->jwk.has_value()) std::abort();
  if (!jws->jwk || !acmecore::verify_signature(*jws, *jws->jwk)) return 0;
  jws->signature.back() = char(jws->signature.back() ^ 1);
  if (acmecore::verify_signature(*jws, *jws->jwk)) std::abort();
  return 0;
}
