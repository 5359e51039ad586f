#pragma once

#include "assay/v1/zone.pb.h"
#include "base/error.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver::rpc {

// Zones and RRsets as the API has them. What reads fails as malformed, or as too_large for more records than
// any RRset could hold; the detail begins with the name of the field.

base::Result<Zone> read_zone(const assay::v1::Zone& message);
void write_zone(const Zone& zone, assay::v1::Zone& message);

base::Result<RRset> read_rrset(const assay::v1::RRset& message);
void write_rrset(const RRset& rrset, assay::v1::RRset& message);

base::Result<uint16_t> read_type(const std::string& text);

}  // namespace dnsserver::rpc
