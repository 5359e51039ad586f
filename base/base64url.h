#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"

namespace base {

// RFC 4648 §5 without padding, as RFC 8555 §6.1 wants it.
std::string base64url(BytesView bytes);

// The octets of `text`, or nothing if it holds padding, a character outside the alphabet, a length that no
// octets have, or bits left over that are not zero (so one value has one spelling).
std::optional<Bytes> parse_base64url(std::string_view text);

}  // namespace base
