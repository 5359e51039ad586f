#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

// An IP address and a port, of which nothing is resolved. The address is in canonical text form (RFC 5952 for
// IPv6, without brackets), so equal endpoints compare equal.
struct Endpoint {
  std::string address;
  uint16_t port = 0;

  // "127.0.0.1:53", "[::1]:53".
  std::string text() const;
  bool operator==(const Endpoint&) const = default;
};

// "192.0.2.1:53" or "[2001:db8::1]:53"; port 0 is one that the kernel chooses. malformed: no port, a host
// name, an IPv6 address without brackets, a zone index.
Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace base
