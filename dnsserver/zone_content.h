#pragma once

#include <map>

#include "dnsserver/finding.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// An RRset, and where in its file it begins.
struct PlacedRRset {
  RRset rrset;
  size_t line = 0;
  bool is_full = false;  // it has more records than any RRset could hold, and those are left out
};

// What stands in a zone beside the SOA and NS of its apex, by content_key(): in the order of the store's keys, so
// that a name comes before all that is below it, and all that is below it before any other.
using ZoneContent = std::map<Bytes, PlacedRRset>;

Bytes content_key(const Name& owner, uint16_t type);

// Adds what is wrong with the content of a zone.
//
// Errors: names outside the zone, what a zone does not hold (check_static_rrset()), a CNAME beside other data
// (RFC 1034 §3.6.2), what is too large (node_of()), what is never served because a delegation or a DNAME (RFC 6672
// §2.4) lies above it. Warnings: name servers of the zone's names that have no address, or are aliases (RFC 2181
// §10.3), and addresses below a delegation that are not those of its name servers. `ns_line` is where the NS RRset of
// the apex is; 0: the file has none.
void check_content(const Zone& zone, size_t ns_line, const ZoneContent& content, Findings& findings);

}  // namespace dnsserver
