// RDATA that was read from text is written as text that reads as the same RDATA. Two octets of type, then the
// text.
#include <cstdint>
#include <cstdlib>

#include "dnsserver/rdata.h"
#include "dnsserver/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const base::Bytes input(reinterpret_cast<const char*>(data), size);
  const uint16_t type = dnsserver::u16_at(input, 0);
  const std::string_view text = std::string_view(input).substr(2);
  (void)dnsserver::rdata_text(type, text);
  (void)dnsserver::parse_type(text);
  const auto rdata = dnsserver::parse_rdata(type, text);
  if (!rdata) return 0;
  const std::string written = dnsserver::rdata_text(type, *rdata);
  if (dnsserver::parse_rdata(type, written) != rdata) std::abort();
  return 0;
}
