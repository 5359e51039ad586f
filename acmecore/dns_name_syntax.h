#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace acmecore {

// RFC 1034 §3.1 in presentation form, without the final dot.
inline constexpr size_t kDnsNameLengthMax = 253;

// May `name` stand in a certificate as a dNSName (RFC 5280 §4.2.1.6, BR 7.1.4.2)? That is: lower-case labels
// of letters, digits and hyphens (the preferred name syntax of RFC 1034 §3.5, digits first allowed by RFC
// 1123 §2.1), no final dot, "*." at most once and in front of at least one label, a last label that is not a
// number (else it would read as an IPv4 address), and every "xn--" label a valid A-label (RFC 5890 §2.3.2.1,
// RFC 8555 §7.1.4). A single label is syntactically right: whether it may be certified is policy.
//
// malformed: a sentence that names `name` and what is wrong with it.
base::Result<void> check_dns_name(std::string_view name);

// Whether `name` has one label or more in front of `parent`. Every name is below "", the root.
bool is_below(std::string_view name, std::string_view parent);

// What is behind its first label: "" of a single label.
std::string_view parent_of(std::string_view name);

// `text` in double quotes for the detail of an error: whatever is not printable ASCII escaped, cut at 253.
std::string in_quotes(std::string_view text);

}  // namespace acmecore
