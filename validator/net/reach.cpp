#include "validator/net/reach.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>

namespace validator {

namespace {

// The first `length` bits of an address.
struct Prefix {
  int family;
  std::array<uint8_t, 16> octets;  // network order; IPv4 has four of them
  unsigned length;

  unsigned bits() const { return family == AF_INET ? 32 : 128; }

  bool holds(const Prefix& address) const {
    if (family != address.family) return false;
    for (unsigned i = 0; i < length; ++i) {
      const uint8_t mask = 0x80 >> (i % 8);
      if ((octets[i / 8] & mask) != (address.octets[i / 8] & mask)) return false;
    }
    return true;
  }

  // Its lower or upper half.
  Prefix half(bool upper) const {
    Prefix part = *this;
    if (upper) part.octets[length / 8] |= 0x80 >> (length % 8);
    ++part.length;
    return part;
  }

  std::string text() const {
    char address[INET6_ADDRSTRLEN];
    inet_ntop(family, octets.data(), address, sizeof address);
    return std::string(address) + "/" + std::to_string(length);
  }
};

// REQUIRES: `address` is an IP address in text form.
Prefix prefix_of(const std::string& address, unsigned length) {
  Prefix prefix{address.find(':') == std::string::npos ? AF_INET : AF_INET6, {}, length};
  const int parsed = inet_pton(prefix.family, address.c_str(), prefix.octets.data());
  assert(parsed == 1);
  return prefix;
}

Prefix prefix_of(const std::string& address) {
  return prefix_of(address, address.find(':') == std::string::npos ? 32 : 128);
}

struct Block {
  const char* address;
  unsigned length;
  bool private_use;  // may be allowed
};

// RFC 6890 and the IANA registries of special-purpose addresses.
constexpr auto kBlocks = std::to_array<Block>({
    {"0.0.0.0", 8, false},       // this network
    {"169.254.0.0", 16, false},  // link-local
    {"224.0.0.0", 4, false},     // multicast
    {"240.0.0.0", 4, false},     // reserved, and the limited broadcast
    {"::", 128, false},          // unspecified
    {"fe80::", 10, false},       // link-local
    {"ff00::", 8, false},        // multicast
    {"10.0.0.0", 8, true},       // private-use
    {"100.64.0.0", 10, true},    // shared (RFC 6598)
    {"127.0.0.0", 8, true},      // loopback
    {"172.16.0.0", 12, true},    // private-use
    {"192.0.0.0", 24, true},     // IETF protocol assignments
    {"192.0.2.0", 24, true},     // documentation
    {"192.168.0.0", 16, true},   // private-use
    {"198.18.0.0", 15, true},    // benchmarking
    {"198.51.100.0", 24, true},  // documentation
    {"203.0.113.0", 24, true},   // documentation
    {"::1", 128, true},          // loopback
    {"::ffff:0:0", 96, true},    // IPv4-mapped
    {"64:ff9b::", 96, true},     // NAT64
    {"64:ff9b:1::", 48, true},   // NAT64, local use
    {"2001::", 32, true},        // Teredo
    {"2001:db8::", 32, true},    // documentation
    {"2002::", 16, true},        // 6to4
    {"fc00::", 7, true},         // unique local
});

// Appends `whole` without the addresses of `left_out`, in as few prefixes as that takes.
void append_without(const Prefix& whole, const std::vector<Prefix>& left_out,
                    std::vector<std::string>& prefixes) {
  const auto inside = [&](const Prefix& address) { return whole.holds(address); };
  if (std::ranges::none_of(left_out, inside)) {
    prefixes.push_back(whole.text());
  } else if (whole.length < whole.bits()) {
    append_without(whole.half(false), left_out, prefixes);
    append_without(whole.half(true), left_out, prefixes);
  }
}

}  // namespace

std::vector<std::string> unreachable_prefixes(bool allow_private,
                                              const std::vector<base::Endpoint>& configured) {
  std::vector<Prefix> left_out;
  for (const auto& endpoint : configured)
    left_out.push_back(prefix_of(endpoint.address));
  std::vector<std::string> prefixes;
  for (const Block& block : kBlocks) {
    if (allow_private && block.private_use) continue;
    append_without(prefix_of(block.address, block.length), left_out, prefixes);
  }
  return prefixes;
}

bool is_reachable(const base::Endpoint& endpoint, bool allow_private,
                  const std::vector<base::Endpoint>& configured) {
  const auto is_same = [&](const base::Endpoint& other) { return other.address == endpoint.address; };
  if (std::ranges::any_of(configured, is_same)) return true;
  const Prefix address = prefix_of(endpoint.address);
  return std::ranges::none_of(kBlocks, [&](const Block& block) {
    return !(allow_private && block.private_use) && prefix_of(block.address, block.length).holds(address);
  });
}

}  // namespace validator
