#include "dnsserver/proxy_header.h"

#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr size_t kCommandAt = 12;
constexpr size_t kFamilyAt = 13;
constexpr size_t kLengthAt = 14;
static_assert(kProxySignature.size() == kCommandAt);

constexpr uint8_t kLocal = 0x20;
constexpr uint8_t kProxy = 0x21;

// The upper half of the octet is the address family, the lower one stream or datagram. A proxy that takes
// queries over one and passes them on over the other says the former, so both are good on each transport.
constexpr uint8_t kUnspecified = 0;
constexpr uint8_t kInet = 1;
constexpr uint8_t kInet6 = 2;
constexpr uint8_t kProtocolMax = 2;

// Source and destination, and a port for each.
constexpr size_t kInetSize = 2 * 4 + 2 * 2;
constexpr size_t kInet6Size = 2 * 16 + 2 * 2;

}  // namespace

std::optional<size_t> proxy_header_size(BytesView octets) {
  if (!begins_as_proxy_header(octets)) return std::nullopt;
  const auto command = uint8_t(octets[kCommandAt]);
  const size_t size = kProxyHeaderSizeMin + u16_at(octets, kLengthAt);
  if ((command != kLocal && command != kProxy) || size > kProxyHeaderSizeMax) return std::nullopt;
  return size;
}

std::optional<ProxyHeader> read_proxy_header(BytesView octets) {
  if (octets.size() < kProxyHeaderSizeMin) return std::nullopt;
  const auto size = proxy_header_size(octets);
  if (!size || *size > octets.size()) return std::nullopt;
  ProxyHeader header{.size = *size, .source = {}};
  // What stands behind the command is to be ignored.
  if (uint8_t(octets[kCommandAt]) == kLocal) return header;

  const uint8_t family = uint8_t(octets[kFamilyAt]) >> 4;
  const uint8_t protocol = octets[kFamilyAt] & 0x0f;
  const size_t room = *size - kProxyHeaderSizeMin;
  const BytesView addresses = octets.substr(kProxyHeaderSizeMin, room);
  if (protocol > kProtocolMax) return std::nullopt;
  if (family == kUnspecified || protocol == 0) return header;
  if (family == kInet && room >= kInetSize) {
    header.source = Client{ip_address_of(addresses.substr(0, 4)), u16_at(addresses, 8)};
  } else if (family == kInet6 && room >= kInet6Size) {
    header.source = Client{ip_address_of(addresses.substr(0, 16)), u16_at(addresses, 32)};
  } else {
    return std::nullopt;
  }
  return header;
}

}  // namespace dnsserver
