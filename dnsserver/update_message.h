#pragma once

#include <vector>

#include "dnsserver/envelope.h"
#include "dnsserver/prerequisite.h"

namespace dnsserver {

// Records of the Prerequisite and the Update Section together. A client writes two for each name of its
// certificate, and a certificate has a hundred names.
inline constexpr size_t kUpdateRecordsMax = 256;

// One record of the Update Section in the words of RFC 2136 §2.5.
struct UpdateRecord {
  enum class Kind { add, delete_value, delete_rrset, delete_name };
  Kind kind = Kind::add;
  Name owner;
  Bytes value = {};  // the character-string to add or delete; empty: one that never was a challenge

  bool operator==(const UpdateRecord&) const = default;
};

// An UPDATE as far as it can be understood without knowing any zone, in the order that it was written in.
struct UpdateMessage {
  Name zone;
  std::vector<Prerequisite> prerequisites;
  std::vector<UpdateRecord> updates;
};

// Reads a message of opcode UPDATE. TXT is all that may be written; what is of another type is refused by its type,
// before its RDATA is looked at. Refusals:
//
// - FORMERR: not one record in the Zone Section, or not of type SOA; a record that RFC 2136 §3.2.5 or §3.4.1.3 has
//   no meaning for; TXT that is not whole;
// - NOTAUTH: a class other than IN;
// - NOTZONE: a name outside of the zone;
// - REFUSED: another type than TXT, a TXT record of several strings or of an empty one, which is no challenge, and
//   more than kUpdateRecordsMax records.
//
// REQUIRES: `envelope` is read_envelope(message).
OrRefusal<UpdateMessage> parse_update(BytesView message, const Envelope& envelope);

}  // namespace dnsserver
