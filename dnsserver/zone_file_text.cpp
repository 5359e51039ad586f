#include "dnsserver/zone_file_text.h"

#include "base/time.h"
#include "dnsserver/rdata.h"
#include "dnsserver/rrtype.h"

namespace dnsserver {

std::string zone_file_head(const Zone& zone) {
  return "; Zone " + zone.apex.text() + " with serial " + std::to_string(zone.serial) + "\n" +
         zone_file_lines(soa_rrset(zone)) + zone_file_lines(ns_rrset(zone));
}

std::string zone_file_lines(const RRset& rrset) {
  const std::string head =
      rrset.owner.text() + " " + std::to_string(rrset.ttl) + " IN " + type_text(rrset.type) + " ";
  std::string lines;
  for (const Bytes& rdata : rrset.rdata)
    lines += head + rdata_text(rrset.type, rdata) + "\n";
  return lines;
}

std::string zone_file_line(const Challenge& challenge) {
  const Bytes rdata = char(challenge.value.size()) + challenge.value;
  std::string line = zone_file_lines({challenge.owner, kTypeTxt, kChallengeTtl, {rdata}});
  line.pop_back();
  return line + " ; published, until " + base::rfc3339(challenge.expires) + "\n";
}

}  // namespace dnsserver
