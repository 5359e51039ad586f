#pragma once

#include <span>
#include <string>

#include "dnsserver/response.h"

namespace dnsserver {

// "NOERROR", as RFC 6895 §2.3 has it, or "RCODE11" where it has none that we know.
std::string rcode_text(Rcode rcode);

// Every RCODE that this server answers with.
std::span<const Rcode> all_rcodes();

}  // namespace dnsserver
