// Whatever a datagram or a stream begins with: a header that is read is as long as it said beforehand, and lies
// within what came.
#include <cstdint>
#include <cstdlib>

#include "dnsserver/proxy_header.h"

using namespace dnsserver;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView octets(reinterpret_cast<const char*>(data), size);
  const auto header = read_proxy_header(octets);
  if (!header) return 0;
  const bool fits =
      header->size >= kProxyHeaderSizeMin && header->size <= kProxyHeaderSizeMax && header->size <= size;
  if (!fits || !begins_as_proxy_header(octets) || proxy_header_size(octets) != header->size) std::abort();
  // The same of the header alone, and nothing of one octet less.
  const auto alone = read_proxy_header(octets.substr(0, header->size));
  if (!alone || alone->source != header->source) std::abort();
  if (read_proxy_header(octets.substr(0, header->size - 1))) std::abort();
  return 0;
}
