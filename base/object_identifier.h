#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace base {

// The content octets of the DER of an object identifier in dotted form, such as "2.23.140.1.2.1" (X.690 §8.19).
//
// malformed: not numbers without leading zeros between dots, less than two of them, a first above 2 or a second above
// 39 below 0 and 1 (X.660 §A.4), a number of more than 63 bits, or more than 64 octets in all.
Result<Bytes> parse_object_identifier(std::string_view dotted);

// The dotted form again. "?" where `content` is none that could be parsed from one.
std::string text_of_object_identifier(BytesView content);

}  // namespace base
