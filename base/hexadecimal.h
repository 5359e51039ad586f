#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace base {

// Two lower-case digits an octet.
std::string hexadecimal(BytesView octets);

// The reverse, of digits in either case. Nothing: a half octet, or what is no digit.
std::optional<Bytes> parse_hexadecimal(std::string_view text);

}  // namespace base
