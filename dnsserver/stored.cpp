#include "dnsserver/stored.h"

#include "assay/stored/v1/dns.pb.h"

namespace dnsserver {

namespace {

namespace stored = assay::stored::v1;
using base::ErrorKind;
using base::fail;

int64_t to_ms(Time time) { return time.time_since_epoch().count(); }
Time from_ms(int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

template <class Message>
Result<Message> parse(BytesView value, const char* what) {
  Message message;
  if (!message.ParseFromArray(value.data(), int(value.size()))) {
    return fail(ErrorKind::internal,
                std::string("the store holds something else where a ") + what + " should be");
  }
  return message;
}

// A name that the store holds is one, or the store is broken.
Result<Name> name_of(const Bytes& wire) {
  auto name = Name::from_wire(wire);
  if (!name) return fail(ErrorKind::internal, "a name in the store is none: " + name.error().detail);
  return name;
}

}  // namespace

Bytes encode(const StoredZone& stored_zone) {
  const Zone& zone = stored_zone.zone;
  stored::Zone message;
  message.set_apex(Bytes(zone.apex.wire()));
  for (const Name& name_server : zone.name_servers)
    message.add_name_servers(Bytes(name_server.wire()));
  message.set_contact(Bytes(zone.contact.wire()));
  message.set_serial(zone.serial);
  message.set_ttl_s(uint32_t(zone.ttl.count()));
  message.set_negative_ttl_s(uint32_t(zone.negative_ttl.count()));
  message.set_refresh_s(uint32_t(zone.refresh.count()));
  message.set_retry_s(uint32_t(zone.retry.count()));
  message.set_expire_s(uint32_t(zone.expire.count()));
  message.set_has_cuts(zone.has_cuts);
  message.set_has_wildcards(zone.has_wildcards);
  message.set_deleted(stored_zone.deleted);
  return message.SerializeAsString();
}

Result<StoredZone> decode_zone(BytesView value) {
  TRY(const auto message, parse<stored::Zone>(value, "zone"));
  StoredZone decoded;
  Zone& zone = decoded.zone;
  TRY(zone.apex, name_of(message.apex()));
  for (const Bytes& wire : message.name_servers()) {
    TRY(zone.name_servers.emplace_back(), name_of(wire));
  }
  if (zone.name_servers.empty()) return fail(ErrorKind::internal, "a zone in the store has no name server");
  TRY(zone.contact, name_of(message.contact()));
  zone.serial = message.serial();
  zone.ttl = std::chrono::seconds(message.ttl_s());
  zone.negative_ttl = std::chrono::seconds(message.negative_ttl_s());
  if (message.has_refresh_s()) zone.refresh = std::chrono::seconds(message.refresh_s());
  if (message.has_retry_s()) zone.retry = std::chrono::seconds(message.retry_s());
  if (message.has_expire_s()) zone.expire = std::chrono::seconds(message.expire_s());
  zone.has_cuts = message.has_cuts();
  zone.has_wildcards = message.has_wildcards();
  decoded.deleted = message.deleted();
  return decoded;
}

Bytes encode(const RRset& rrset) {
  stored::StaticRRset message;
  message.set_owner(Bytes(rrset.owner.wire()));
  message.set_type(rrset.type);
  message.set_ttl_s(rrset.ttl);
  for (const Bytes& rdata : rrset.rdata)
    message.add_rdata(rdata);
  return message.SerializeAsString();
}

Result<RRset> decode_static_rrset(BytesView value) {
  TRY(const auto message, parse<stored::StaticRRset>(value, "static RRset"));
  RRset rrset;
  TRY(rrset.owner, name_of(message.owner()));
  rrset.type = uint16_t(message.type());
  rrset.ttl = message.ttl_s();
  rrset.rdata.assign(message.rdata().begin(), message.rdata().end());
  if (rrset.rdata.empty()) return fail(ErrorKind::internal, "a static RRset in the store is empty");
  return rrset;
}

Bytes encode(const Challenge& challenge) {
  stored::ChallengeValue message;
  message.set_owner(Bytes(challenge.owner.wire()));
  message.set_value(challenge.value);
  message.set_credential(challenge.credential);
  message.set_created_ms(to_ms(challenge.created));
  message.set_expires_ms(to_ms(challenge.expires));
  message.set_tag(challenge.tag);
  return message.SerializeAsString();
}

Result<Challenge> decode_challenge(BytesView value) {
  TRY(const auto message, parse<stored::ChallengeValue>(value, "challenge value"));
  Challenge challenge;
  TRY(challenge.owner, name_of(message.owner()));
  challenge.value = message.value();
  challenge.credential = message.credential();
  challenge.created = from_ms(message.created_ms());
  challenge.expires = from_ms(message.expires_ms());
  challenge.tag = message.tag();
  return challenge;
}

}  // namespace dnsserver
