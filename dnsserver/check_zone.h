#pragma once

#include <chrono>

#include "base/error.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// Of one zone.
inline constexpr size_t kNameServersMax = 16;
// RFC 2308 §5 finds a day too long already.
inline constexpr std::chrono::seconds kNegativeTtlMax = std::chrono::days(1);

// May this server hold the zone? malformed: no name server or one twice, a wildcard or the root as apex, a
// negative TTL out of bounds. too_large: more name servers than kNameServersMax.
base::Result<void> check_zone(const Zone& zone);

}  // namespace dnsserver
