#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

// An IP address. IPv4 and the same address mapped into IPv6 (RFC 4291 §2.5.5.2) are one, because a socket for
// both families reports the latter.
class IpAddress {
 public:
  // "192.0.2.1", "2001:db8::1". malformed: anything else, brackets and zone indices too.
  static Result<IpAddress> parse(std::string_view text);
  // Of 16 octets in network order, IPv4 mapped.
  static IpAddress of(const std::array<uint8_t, 16>& octets);

  bool is_v4() const;
  // In canonical form: RFC 5952 for IPv6.
  std::string text() const;
  // As of() takes them.
  const std::array<uint8_t, 16>& octets() const { return octets_; }

  bool operator==(const IpAddress&) const = default;

 private:
  std::array<uint8_t, 16> octets_ = {};
};

// The addresses that share a prefix (RFC 4632 §3.1, RFC 4291 §2.3).
class IpNetwork {
 public:
  // "192.0.2.0/24", "2001:db8::/32", or one address. Bits behind the prefix may be set and mean nothing.
  // malformed: anything else.
  static Result<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& address) const;
  // "192.0.2.0/24", without bits behind the prefix.
  std::string text() const;

  bool operator==(const IpNetwork&) const = default;

 private:
  IpAddress address_;
  unsigned prefix_ = 0;  // bits of the mapped form
};

}  // namespace base
