#include "dnsserver/alias_answer.h"

#include <cassert>

#include "dnsserver/node.h"
#include "dnsserver/rrtype.h"
#include "dnsserver/zone.h"

namespace dnsserver {

namespace {

Zone shown(const Name& apex) {
  constexpr std::chrono::seconds kTime{kAliasZoneTtl};
  Zone zone;
  zone.apex = apex;
  zone.name_servers = {apex};
  zone.contact = apex.prepend("hostmaster").value_or(apex);
  zone.refresh = zone.retry = zone.expire = zone.ttl = zone.negative_ttl = kTime;
  return zone;
}

}  // namespace

Bytes answer_for_alias_zone(BytesView message, const Query& query, const Name& zone, Transport transport) {
  const RRset soa = soa_rrset(shown(zone));
  const auto node = render_node({&soa, 1});
  assert(node.has_value());
  const auto rrset = NodeView::parse(*node)->find(kTypeSoa);
  assert(rrset.has_value());

  Bytes buffer(transport == Transport::udp ? size_t{kUdpSizeMax} : kTcpSizeMax, '\0');
  ResponseWriter response(message, buffer);
  response.start(query, transport);
  response.set_authoritative(true);
  // The apex is the end of the question's name.
  const size_t apex_at = kHeaderSize + query.name.wire().size() - zone.wire().size();
  if (apex_at == kHeaderSize && query.type == kTypeSoa) {
    response.add(Section::answer, *rrset, apex_at);
  } else {
    response.add_denial(*rrset, apex_at);
  }
  buffer.resize(response.finish(Rcode::noerror).size);
  return buffer;
}

}  // namespace dnsserver
