#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/json.h"

namespace acmecore {

// A JWS in the flattened serialization (RFC 7515 §7.2.2), taken apart and not looked into.
struct JwsParts {
  base::Json header;  // protected; an object
  base::Bytes payload;
  base::Bytes signature;
  std::string signing_input;  // RFC 7515 §5.1
};

// malformed: not exactly that ("signatures", "header", a missing part, base64url with padding …), a protected header
// that is no JSON object, or has "crit" or "b64".
base::Result<JwsParts> parse_jws_parts(const base::Json& jws);

// malformed: `object` has no such member, or one that is no string. `where` is what the object is called.
base::Result<std::string> required_string(const base::Json& object, std::string_view name,
                                          std::string_view where);

}  // namespace acmecore
