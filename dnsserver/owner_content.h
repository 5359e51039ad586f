#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/error.h"
#include "dnsserver/challenge.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// A rendered node. One page list of LMDB, and less than the largest message.
inline constexpr size_t kNodeSizeMax = 64 * 1024 - 1;

// All that the store knows of one owner: what operators put there and what was published there.
struct OwnerContent {
  Name owner;
  std::map<uint16_t, RRset> static_rrsets;  // by type
  std::map<Bytes, Challenge> challenges;    // by key in the store

  bool operator==(const OwnerContent&) const = default;
};

// The RRsets to serve: the static ones, and one TXT RRset of the static records and every challenge value,
// each once, with the lower of the two TTLs (RFC 2181 §5.2). In ascending order of types; without SOA and NS
// of an apex.
std::vector<RRset> rrsets_of(const OwnerContent& content);

// The value of the node key: rrsets_of(content), at the zone's apex with SOA and NS. Empty if nothing stands
// there. too_large: over kNodeSizeMax, or the limits of render_node().
base::Result<Bytes> node_of(const OwnerContent& content, const Zone& zone);

}  // namespace dnsserver
