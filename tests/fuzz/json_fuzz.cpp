// What is read is written and read back the same.
#include <cstdint>
#include <cstdlib>

#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = base::parse_json({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  const auto again = base::parse_json(parsed->text());
  if (again ? *again != *parsed : again.error().kind != base::ErrorKind::too_large) std::abort();
  return 0;
}
