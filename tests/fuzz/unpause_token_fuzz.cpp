// What the URL of a page ends in at which a person lifts pauses. What is taken for ours is exactly what we made.
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include "acmecore/unpause_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const base::Bytes key(32, 'k');
  const base::Time now{std::chrono::seconds(1'800'000'000)};
  const auto checked = acmecore::check_unpause_token(key, "default", "a1", token, now);
  if (!checked && checked.error().kind == base::ErrorKind::not_found) return 0;
  if (!checked && checked.error().kind != base::ErrorKind::unauthorized) std::abort();
  int64_t seconds = 0;
  std::from_chars(token.data(), token.data() + token.find('-'), seconds, 16);
  const base::Time expires{std::chrono::seconds(seconds)};
  if (acmecore::unpause_token(key, "default", "a1", expires) != token) std::abort();
  if (checked.has_value() != (now < expires)) std::abort();
  return 0;
}
