#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

// HTTP-date (RFC 9110 §5.6.7).
namespace base::http {

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Time time);

// Reads any of the three forms. `now` says of which century a year of two digits is. Nothing: it has none of the forms,
// or names no day or time that there was.
std::optional<Time> parse_http_date(std::string_view text, Time now);

}  // namespace base::http
