#pragma once

#include <string_view>

#include "base/bytes.h"

// Text of protocols: its letters and blanks are those of ASCII, whatever the locale, and all else is left alone.
namespace base {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; }
Bytes lower(BytesView text);

// Equal but for the case of letters.
bool equal_without_case(std::string_view a, std::string_view b);

// Without the blanks and tabs at both ends (OWS, RFC 9110 §5.6.3). Aliases `text`.
std::string_view trimmed(std::string_view text);

}  // namespace base
