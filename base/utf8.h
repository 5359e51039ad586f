#pragma once

#include <cstddef>
#include <string_view>

namespace base {

// How many octets the character at the front of `text` takes in UTF-8 (RFC 3629 §4); 0 if what is there is
// none: an overlong form, a surrogate, a value above U+10FFFF, a sequence that is cut short, or nothing.
size_t utf8_character_size(std::string_view text);

}  // namespace base
