#pragma once

#include <string_view>

namespace acmecore {

// Is the name, or one that it is below, reserved to mean something else to each network or nothing to any? That is
// IANA's registry "Special-Use Domain Names" (RFC 6761), and "internal" (ICANN, 2024). The reverse mapping is not
// meant: is_reverse_name.
bool is_special_use(std::string_view name);

// Under in-addr.arpa or ip6.arpa (RFC 1035 §3.5, RFC 3596 §2.5).
bool is_reverse_name(std::string_view name);

}  // namespace acmecore
