#include "tests/dnsserver/served_zones.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "dnsserver/keys.h"
#include "dnsserver/node_key.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {

namespace {

void require(bool holds, const char* else_what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", else_what);
  std::abort();
}

}  // namespace

void ServedZones::add(std::string_view apex_text, std::string_view text) {
  const Name apex = Name::parse(apex_text).value();
  Zone zone{.apex = apex, .name_servers = {}, .contact = {}};
  std::map<Name, std::vector<RRset>> nodes;
  for (RRset& rrset : parse_rrsets(text, apex)) {
    if (rrset.type == kTypeNs && rrset.owner != apex) zone.has_cuts = true;
    if (rrset.type == kTypeDname) zone.has_cuts = true;
    if (rrset.owner.wire().find("\1*") != BytesView::npos) zone.has_wildcards = true;
    const Name owner = rrset.owner;
    nodes[owner].push_back(std::move(rrset));
  }
  for (const auto& [owner, rrsets] : nodes)
    reader_.entries[node_key(apex, owner)] = render_node(rrsets).value();
  zones_.push_back(zone);
  table_ = ZoneTable(zones_);
}

Bytes ServedZones::ask(BytesView query, Transport transport) {
  StoredNodes stored(reader_);
  const Bytes response = ask(query, transport, stored);
  if (reader_.broken) return response;
  NodeIndex index;
  fill(index);
  IndexedNodes indexed(index);
  indexed.pass();
  require(ask(query, transport, indexed) == response, "an index says another thing than the store");
  return response;
}

void ServedZones::fill(NodeIndex& index) const {
  for (const auto& [key, node] : reader_.entries) {
    LoweredName owner;
    const auto apex_labels = read_node_key(key, owner);
    require(apex_labels.has_value(), "the zones hold what is no node");
    index.put(owner, *apex_labels, node);
  }
}

Bytes ServedZones::ask(BytesView query, Transport transport, NodeSource& nodes) const {
  const size_t size = transport == Transport::udp ? kUdpSizeMax : kTcpSizeMax;
  std::vector<char> buffer(size);
  const QueryContext context{.transport = transport, .client = client_, .now = now_, .policy = policy_};
  const Response response = respond(query, buffer, context, table_, nodes);

  std::vector<char> in_place(query.begin(), query.end());
  in_place.resize(std::max(query.size(), size));
  const Response again = respond({in_place.data(), query.size()}, in_place, context, table_, nodes);
  require(again.size == response.size && again.rcode == response.rcode &&
              std::equal(buffer.begin(), buffer.begin() + long(response.size), in_place.begin()),
          "respond() says another thing in place");
  return Bytes(buffer.data(), response.size);
}

Bytes make_query(std::string_view name, uint16_t type, uint16_t qclass) {
  Bytes query("\x12\x34\0\0\0\1\0\0\0\0\0\0", 12);
  query += Name::parse(name).value().wire();
  append_u16(query, type);
  append_u16(query, qclass);
  return query;
}

Bytes with_edns(Bytes query, const Opt& opt) {
  put_u16(query.data() + 10, uint16_t(u16_at(query, 10) + 1));
  query += '\0';
  append_u16(query, kTypeOpt);
  append_u16(query, opt.payload_size);
  append_u16(query, opt.version);
  append_u16(query, opt.flags);
  append_u16(query, uint16_t(opt.options.size()));
  return query + opt.options;
}

uint8_t rcode_of(BytesView response) { return uint8_t(response[3]) & kRcode; }

}  // namespace dnsserver
