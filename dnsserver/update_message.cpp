#include "dnsserver/update_message.h"

#include "dnsserver/rdata.h"
#include "dnsserver/rrtype.h"

namespace dnsserver {

namespace {

using Kind = UpdateRecord::Kind;
using PrerequisiteKind = Prerequisite::Kind;

tl::unexpected<Refusal> refuse(Rcode rcode, std::string text, ExtendedError code = ExtendedError::other) {
  return tl::unexpected(Refusal{rcode, code, std::move(text)});
}

// Types that no RRset has (RFC 6895 §3.1): those of questions and of the message itself.
bool is_meta(uint16_t type) {
  return type == 0 || type == kTypeOpt || (type >= kTypeNxname && type <= kTypeAny);
}

std::string shown(const MessageRecord& record) { return record.owner.text() + " " + type_text(record.type); }

// RFC 1035 §3.3.14: character-strings, as many as fill the RDATA, and at least one.
bool is_whole_txt(BytesView rdata) {
  if (rdata.empty()) return false;
  while (!rdata.empty()) {
    const size_t size = uint8_t(rdata[0]) + size_t{1};
    if (rdata.size() < size) return false;
    rdata.remove_prefix(size);
  }
  return true;
}

// The one character-string of a TXT record; empty: it has several or an empty one, and so is no challenge.
OrRefusal<Bytes> read_value(const MessageRecord& record) {
  if (record.type != kTypeTxt) {
    return refuse(Rcode::refused, shown(record) + ": only TXT can be written here",
                  ExtendedError::prohibited);
  }
  if (!is_whole_txt(record.rdata)) return refuse(Rcode::formerr, shown(record) + ": that is no TXT record");
  const bool is_one = record.rdata.size() == uint8_t(record.rdata[0]) + size_t{1};
  return is_one ? Bytes(record.rdata.substr(1)) : Bytes();
}

// Class ANY or NONE, where they stand for a name or an RRset, come without a value and a TTL.
bool is_bare(const MessageRecord& record) { return record.ttl == 0 && record.rdata.empty(); }

tl::unexpected<Refusal> no_prerequisite(const MessageRecord& record) {
  return refuse(Rcode::formerr, shown(record) + ": no prerequisite is written so (RFC 2136 §3.2)");
}

// RFC 2136 §2.4, §3.2.5.
OrRefusal<Prerequisite> read_prerequisite(const MessageRecord& record) {
  Prerequisite prerequisite{.owner = record.owner, .type = record.type};
  if (record.ttl != 0) return no_prerequisite(record);
  const bool any = record.type == kTypeAny;
  if (is_meta(record.type) && !(any && record.rclass != kClassIn)) return no_prerequisite(record);
  switch (record.rclass) {
    case kClassAny:
      prerequisite.kind = any ? PrerequisiteKind::name_is_in_use : PrerequisiteKind::rrset_exists;
      break;
    case kClassNone:
      prerequisite.kind = any ? PrerequisiteKind::name_is_not_in_use : PrerequisiteKind::rrset_does_not_exist;
      break;
    case kClassIn: {
      prerequisite.kind = PrerequisiteKind::rrset_has_value;
      const auto value = read_value(record);
      if (!value) return tl::unexpected(value.error());
      prerequisite.rdata = record.rdata;
      return prerequisite;
    }
    default: return no_prerequisite(record);
  }
  if (!is_bare(record)) return no_prerequisite(record);
  return prerequisite;
}

tl::unexpected<Refusal> no_update(const MessageRecord& record) {
  return refuse(Rcode::formerr, shown(record) + ": no update is written so (RFC 2136 §3.4.1)");
}

// RFC 2136 §2.5, §3.4.1.2.
OrRefusal<UpdateRecord> read_update(const MessageRecord& record) {
  UpdateRecord update{.owner = record.owner};
  const bool any = record.type == kTypeAny;
  if (is_meta(record.type) && !(any && record.rclass == kClassAny)) return no_update(record);
  switch (record.rclass) {
    case kClassAny:
      if (!is_bare(record)) return no_update(record);
      if (any) {
        update.kind = Kind::delete_name;
        return update;
      }
      update.kind = Kind::delete_rrset;
      if (record.type == kTypeTxt) return update;
      return refuse(Rcode::refused, shown(record) + ": only TXT can be written here",
                    ExtendedError::prohibited);
    case kClassNone:
      if (record.ttl != 0) return no_update(record);
      update.kind = Kind::delete_value;
      break;
    case kClassIn: update.kind = Kind::add; break;
    default: return no_update(record);
  }
  auto value = read_value(record);
  if (!value) return tl::unexpected(value.error());
  // There is no such value to delete.
  if (value->empty() && update.kind == Kind::add) {
    return refuse(Rcode::refused, shown(record) + ": a challenge is one string of 1 to 255 octets",
                  ExtendedError::prohibited);
  }
  update.value = *std::move(value);
  return update;
}

}  // namespace

OrRefusal<UpdateMessage> parse_update(BytesView message, const Envelope& envelope) {
  if (envelope.question_end == 0)
    return refuse(Rcode::formerr, "the Zone Section of an UPDATE has one record");
  UpdateMessage update;
  MessageReader reader(message);
  update.zone = reader.name();
  if (reader.u16() != kTypeSoa) return refuse(Rcode::formerr, "the Zone Section is of type SOA");
  if (reader.u16() != kClassIn) {
    return refuse(Rcode::notauth, "zones here are of class IN", ExtendedError::not_authoritative);
  }
  const size_t prerequisites = reader.answer_count();
  const size_t updates = reader.authority_count();
  if (prerequisites + updates > kUpdateRecordsMax) {
    return refuse(Rcode::refused, "an UPDATE has at most 256 records here", ExtendedError::prohibited);
  }
  for (size_t i = 0; i < prerequisites + updates; ++i) {
    const MessageRecord record = reader.record();
    if (!record.owner.is_under(update.zone)) {
      return refuse(Rcode::notzone, record.owner.text() + " is not in the zone " + update.zone.text());
    }
    if (i < prerequisites) {
      auto read = read_prerequisite(record);
      if (!read) return tl::unexpected(read.error());
      update.prerequisites.push_back(*std::move(read));
    } else {
      auto read = read_update(record);
      if (!read) return tl::unexpected(read.error());
      update.updates.push_back(*std::move(read));
    }
  }
  return update;
}

}  // namespace dnsserver
