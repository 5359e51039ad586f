#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/config.h"

// A configuration is read or refused with a reason; nothing else may happen.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = base::parse_config({reinterpret_cast<const char*>(data), size}, "fuzz");
  assert(parsed || !parsed.error().detail.empty());
  return 0;
}
