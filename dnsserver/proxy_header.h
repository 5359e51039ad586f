#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "dnsserver/client.h"

namespace dnsserver {

using base::BytesView;

// A PROXY protocol header, version 2: what a proxy says in front of the octets of its client, so that we know
// whom they are from. Whether there is one is never guessed: who may send it must send it.
inline constexpr BytesView kProxySignature("\r\n\r\n\0\r\nQUIT\n", 12);
inline constexpr size_t kProxyHeaderSizeMin = 16;
// Addresses take 36 octets at most; the rest are fields that say more of the client, which we do not read.
inline constexpr size_t kProxyHeaderSizeMax = 4096;

struct ProxyHeader {
  size_t size = 0;  // of it all
  // Absent, the proxy speaks for itself (LOCAL), or for somebody whose address is no IP address and whom it
  // leaves unnamed (UNSPEC): then it is the client.
  std::optional<Client> source;
};

// The size of the header that begins with `octets`. Nothing: no header does, or a longer one than we take.
// REQUIRES: octets.size() >= kProxyHeaderSizeMin.
std::optional<size_t> proxy_header_size(BytesView octets);

// Reads the header that `octets` begin with. Nothing: it is not there, not whole, longer than we take, or says
// what nobody may: another version, an unknown command or family, addresses that have no room in it.
std::optional<ProxyHeader> read_proxy_header(BytesView octets);

// Do they begin as a header does? Whoever sends one without leave is told by it: no query begins so, over UDP or
// TCP.
inline bool begins_as_proxy_header(BytesView octets) { return octets.starts_with(kProxySignature); }

}  // namespace dnsserver
