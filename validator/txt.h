#pragma once

#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace validator {

// Octets of one value that an error message or the evidence shows.
inline constexpr size_t kShownOctetsMax = 100;

// The character-strings of a TXT record, joined in order (RFC 1035 §3.3.14, RFC 7208 §3.3). malformed: they
// do not fill the RDATA.
base::Result<base::Bytes> txt_value(base::BytesView rdata);

// A character-string in quotes, as a zone file has it: what is not printable ASCII, a quote or a backslash is escaped
// (RFC 1035 §5.1).
std::string quoted(base::BytesView value);

// The RDATA of a TXT record as a zone file has it. malformed: as txt_value().
base::Result<std::string> txt_presentation(base::BytesView rdata);

// `value` in quotes, for people: at most its first kShownOctetsMax octets, then "…" and how long it is;
// escaped as by quoted().
std::string shown(base::BytesView value);

}  // namespace validator
