#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/name.h"
#include "dnsserver/rrtype.h"

namespace dnsserver {

using base::Bytes;
using base::BytesView;
using base::Name;

// All records of one owner, class IN and type (RFC 2181 §5): one TTL, no RDATA twice. RDATA in wire form
// without compression.
struct RRset {
  Name owner;
  uint16_t type = 0;
  uint32_t ttl = 0;
  std::vector<Bytes> rdata;

  bool operator==(const RRset&) const = default;
};

}  // namespace dnsserver
