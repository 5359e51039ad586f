#pragma once

#include "base/error.h"
#include "dnsserver/rrset.h"

namespace dnsserver {

using base::Result;

// RFC 2181 §8.
inline constexpr uint32_t kTtlMax = 0x7fffffff;

// May an operator put this RRset into the zone with this apex? That other data stands beside it is not asked
// here.
//
// malformed: no records, a TTL over kTtlMax, several CNAMEs (RFC 2181 §10.1) or DNAMEs (RFC 6672 §2.4), NS or
// DNAME at a wildcard (RFC 4592 §4.2, §4.4), or a type that is no data (RFC 6895 §3.1) or is the zone's own (SOA,
// at the apex its DNSSEC signatures and denials). conflict: what cannot stand at the
// apex, beside its SOA: CNAME (RFC 1034 §3.6.2) and DS (RFC 4035 §2.4). REQUIRES: the owner is under the
// apex; RDATA is of the type (dnsserver/rdata.h).
Result<void> check_static_rrset(const Name& apex, const RRset& rrset);

// Leaves each RDATA once, in its first place (RFC 2181 §5).
void drop_duplicates(RRset& rrset);

}  // namespace dnsserver
