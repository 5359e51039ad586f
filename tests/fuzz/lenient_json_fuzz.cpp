// What the strict reader takes, the lenient one takes, too, and both find the same strings.
#include <cstdint>
#include <cstdlib>

#include "base/json.h"
#include "base/name.h"
#include "dnsserver/http/lenient_json.h"

using dnsserver::http::Behind;
using dnsserver::http::LenientObject;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lenient = LenientObject::parse(text, Behind::is_refused);
  const auto ignoring = LenientObject::parse(text, Behind::is_ignored);
  if (lenient && !ignoring) std::abort();
  if (ignoring) {
    (void)ignoring->string("txt");
    (void)ignoring->strings("allowfrom");
  }
  const auto strict = base::parse_json(text);
  if (!strict || !strict->object()) return 0;
  if (!lenient) std::abort();
  size_t named = 0;
  const std::string* value = nullptr;
  for (const auto& [name, member] : *strict->object()) {
    if (base::lower(name) != "txt") continue;
    ++named;
    value = member.string();
  }
  if (named == 1 && value != nullptr && lenient->string("txt") != *value) std::abort();
  return 0;
}
