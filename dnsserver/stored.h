#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "dnsserver/challenge.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// Values of the keys 'z', 'r' and 'c' (proto/assay/stored/v1/dns.proto). decode_… fail as internal: the store
// holds something else.

struct StoredZone {
  Zone zone;
  bool deleted = false;  // not served: what is left of it is being removed

  bool operator==(const StoredZone&) const = default;
};

Bytes encode(const StoredZone& zone);
Bytes encode(const RRset& rrset);
Bytes encode(const Challenge& challenge);

Result<StoredZone> decode_zone(BytesView value);
Result<RRset> decode_static_rrset(BytesView value);
Result<Challenge> decode_challenge(BytesView value);

}  // namespace dnsserver
