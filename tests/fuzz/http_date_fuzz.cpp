// A date in a header. What is accepted is of the first form, or says the same in it.
#include <cstdint>
#include <cstdlib>

#include "base/http/date.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const base::Time now{std::chrono::seconds(1'800'000'000)};
  const auto time = base::http::parse_http_date(text, now);
  if (time && base::http::parse_http_date(base::http::http_date(*time), now) != time) std::abort();
  return 0;
}
