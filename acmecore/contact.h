#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace acmecore {

inline constexpr size_t kContactsMax = 10;
inline constexpr size_t kContactSizeMax = 320;

// Checks an account's contact URLs (RFC 8555 §7.3): "mailto:" with one address and nothing else.
//
// unsupported_contact: another scheme. invalid_contact: no address, several, header fields, characters that an
// address does not have, too long, or more than kContactsMax.
base::Result<void> check_contacts(const std::vector<std::string>& contacts);

}  // namespace acmecore
