#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "dnsserver/proxy_header.h"
#include "dnsserver/wire.h"

namespace dnsserver {

// The PROXY header of a datagram from this client to an address of nobody, port 53.
template <size_t size>
base::Bytes proxied(char family, const std::array<uint8_t, size>& address, uint16_t port) {
  base::Bytes header = base::Bytes(kProxySignature) + "\x21" + family;
  append_u16(header, uint16_t(2 * (size + 2)));
  header.append(address.begin(), address.end());
  header.append(size, '\1');
  append_u16(header, port);
  append_u16(header, 53);
  return header;
}

inline base::Bytes proxied_v4(const std::array<uint8_t, 4>& address, uint16_t port) {
  return proxied(0x12, address, port);
}

inline base::Bytes proxied_v6(const std::array<uint8_t, 16>& address, uint16_t port) {
  return proxied(0x22, address, port);
}

}  // namespace dnsserver
