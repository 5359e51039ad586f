#pragma once

#include <string>

#include "base/bytes.h"

namespace acmecore {

// A Name for people: "CN=Corp Issuing CA 2,O=Corp,C=CH" (RFC 4514). What cannot be read is "?".
std::string text_of_name(base::BytesView name_der);

}  // namespace acmecore
