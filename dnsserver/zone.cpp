#include "dnsserver/zone.h"

#include <cassert>

#include "dnsserver/wire.h"

namespace dnsserver {

RRset soa_rrset(const Zone& zone) {
  assert(!zone.name_servers.empty());
  Bytes rdata(zone.name_servers.front().wire());
  rdata += zone.contact.wire();
  append_u32(rdata, zone.serial);
  for (auto time : {zone.refresh, zone.retry, zone.expire, zone.negative_ttl}) {
    append_u32(rdata, uint32_t(time.count()));
  }
  return {
      .owner = zone.apex, .type = kTypeSoa, .ttl = uint32_t(zone.ttl.count()), .rdata = {std::move(rdata)}};
}

RRset ns_rrset(const Zone& zone) {
  RRset ns{.owner = zone.apex, .type = kTypeNs, .ttl = uint32_t(zone.ttl.count()), .rdata = {}};
  for (const Name& name_server : zone.name_servers)
    ns.rdata.emplace_back(name_server.wire());
  return ns;
}

}  // namespace dnsserver
