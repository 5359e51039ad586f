#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace dnsserver::http {

// As base::kJsonDepthMax.
inline constexpr size_t kLenientDepthMax = 16;

// What stands behind the value.
enum class Behind { is_refused, is_ignored };

// The JSON object that clients of acme-dns send, read as its server in Go does (encoding/json): names are compared
// without case, the last of several wins, unknown ones are ignored, `null` is an object without members, and so is
// nothing at all. What is no UTF-8 becomes U+FFFD.
//
// The grammar is RFC 8259's all the same. base::parse_json is the strict reader for everything else.
class LenientObject {
 public:
  // malformed: no JSON, or a value that is neither an object nor null.
  static base::Result<LenientObject> parse(std::string_view text, Behind behind);

  // The string at `name`, which is in lower case; "" where it is absent or null. malformed: something else.
  base::Result<std::string> string(std::string_view name) const;
  // The strings of the array at `name`; of a null among them "". malformed: something else.
  base::Result<std::vector<std::string>> strings(std::string_view name) const;

 private:
  const base::Json* find(std::string_view name) const;

  std::vector<std::pair<std::string, base::Json>> members_;  // in the order they were written in
};

}  // namespace dnsserver::http
