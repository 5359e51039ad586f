#include "dnsserver/rpc/zone_messages.h"

#include "dnsserver/node.h"
#include "dnsserver/rdata.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/static_rrset.h"
#include "proto/time.h"

namespace dnsserver::rpc {

namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr size_t kRecordsMax = kRRsetSizeMax / kRecordHeaderSize;

}  // namespace

Result<Zone> read_zone(const assay::v1::Zone& message) {
  Zone zone;
  TRY(zone.apex, parse_name("apex", message.apex()));
  for (const std::string& text : message.name_servers()) {
    TRY(zone.name_servers.emplace_back(), parse_name("name_servers", text));
  }
  if (message.contact().empty()) {
    TRY(zone.contact, zone.apex.prepend("hostmaster"));
  } else {
    TRY(zone.contact, parse_name("contact", message.contact()));
  }
  if (message.has_negative_ttl()) {
    TRY(zone.negative_ttl, parse_seconds("negative_ttl", message.negative_ttl()));
  }
  return zone;
}

void write_zone(const Zone& zone, assay::v1::Zone& message) {
  message.set_apex(zone.apex.text());
  for (const Name& name_server : zone.name_servers)
    message.add_name_servers(name_server.text());
  message.set_contact(zone.contact.text());
  *message.mutable_negative_ttl() = proto::to_duration(zone.negative_ttl);
  message.set_serial(zone.serial);
}

Result<RRset> read_rrset(const assay::v1::RRset& message) {
  RRset rrset;
  TRY(rrset.owner, parse_name("name", message.name()));
  TRY(rrset.type, read_type(message.type()));
  std::chrono::seconds ttl = kZoneTtlDefault;
  if (message.has_ttl()) {
    TRY(ttl, parse_seconds("ttl", message.ttl()));
  }
  rrset.ttl = uint32_t(ttl.count());
  if (size_t(message.rdata_size()) > kRecordsMax) {
    return fail(ErrorKind::too_large, "rdata: no RRset holds more than 4096 records");
  }
  for (const std::string& text : message.rdata()) {
    auto rdata = parse_rdata(rrset.type, text);
    if (!rdata) return fail(rdata.error().kind, "rdata: " + rdata.error().detail);
    rrset.rdata.push_back(*std::move(rdata));
  }
  drop_duplicates(rrset);
  return rrset;
}

void write_rrset(const RRset& rrset, assay::v1::RRset& message) {
  message.set_name(rrset.owner.text());
  message.set_type(type_text(rrset.type));
  *message.mutable_ttl() = proto::to_duration(std::chrono::seconds(rrset.ttl));
  for (const Bytes& rdata : rrset.rdata)
    message.add_rdata(rdata_text(rrset.type, rdata));
}

Result<uint16_t> read_type(const std::string& text) {
  auto type = parse_type(text);
  if (!type) return fail(type.error().kind, "type: " + type.error().detail);
  return type;
}

}  // namespace dnsserver::rpc
