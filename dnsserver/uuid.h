#pragma once

#include <string>
#include <string_view>

namespace dnsserver {

// A random UUID (RFC 9562 §5.4): 122 bits nobody can guess, in a form that is a label, too.
std::string random_uuid();

}  // namespace dnsserver
