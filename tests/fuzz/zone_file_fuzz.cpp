// A zone file without mistakes is written as one that reads as the same zone.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dnsserver/zone_file.h"
#include "dnsserver/zone_file_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const dnsserver::ZoneFile file = dnsserver::read_zone_file(text, base::Name::parse("corp.test").value());
  if (count_of(file.findings, dnsserver::Severity::error) > 0) return 0;
  std::string written = dnsserver::zone_file_head(file.zone);
  for (const dnsserver::RRset& rrset : file.rrsets)
    written += dnsserver::zone_file_lines(rrset);
  const dnsserver::ZoneFile again = dnsserver::read_zone_file(written, std::nullopt);
  if (again.zone != file.zone || again.rrsets != file.rrsets) std::abort();
  return 0;
}
