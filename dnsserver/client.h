#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/ip_network.h"

namespace dnsserver {

// Who asks: whom limits count, logs name and cookies are made for. Behind a trusted proxy it is the proxy's client.
struct Client {
  base::IpAddress address;
  uint16_t port = 0;

  bool operator==(const Client&) const = default;
};

// An address as packets have it, 4 or 16 octets in network order.
inline base::IpAddress ip_address_of(base::BytesView octets) {
  std::array<uint8_t, 16> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::copy_n(octets.begin(), octets.size(), mapped.end() - long(octets.size()));
  return base::IpAddress::of(mapped);
}
// The same the other way round. Aliases `address`.
inline base::BytesView octets_of(const base::IpAddress& address) {
  constexpr size_t kMappedPrefixSize = 12;
  const base::BytesView octets(reinterpret_cast<const char*>(address.octets().data()),
                               address.octets().size());
  return address.is_v4() ? octets.substr(kMappedPrefixSize) : octets;
}

// Those who may, and then must, say in a PROXY header whose octets they pass on.
using TrustedProxies = std::vector<base::IpNetwork>;

inline bool is_trusted(const TrustedProxies& proxies, const base::IpAddress& address) {
  return std::any_of(proxies.begin(), proxies.end(),
                     [&](const base::IpNetwork& network) { return network.contains(address); });
}

}  // namespace dnsserver
