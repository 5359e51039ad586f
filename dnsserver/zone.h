#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/name.h"
#include "dnsserver/rrset.h"

namespace dnsserver {

// Times of a zone that nobody set. A challenge is looked up seconds after it was published, so a resolver
// that came too early must not remember for long that nothing was there (RFC 2308 §4).
inline constexpr std::chrono::seconds kZoneTtlDefault{60};
inline constexpr std::chrono::seconds kNegativeTtlDefault{5};
inline constexpr std::chrono::seconds kRefreshDefault{3600};
inline constexpr std::chrono::seconds kRetryDefault{900};
inline constexpr std::chrono::seconds kExpireDefault{604800};

// A zone that this server is authoritative for (RFC 1034 §4.2).
struct Zone {
  Name apex;
  std::vector<Name> name_servers;  // at least one; the first is the primary in the SOA's MNAME
  Name contact;                    // the SOA's RNAME
  uint32_t serial = 1;             // moves with each change (RFC 1982)
  std::chrono::seconds refresh = kRefreshDefault;
  std::chrono::seconds retry = kRetryDefault;
  std::chrono::seconds expire = kExpireDefault;
  std::chrono::seconds ttl = kZoneTtlDefault;  // of the SOA and NS RRsets of the apex
  std::chrono::seconds negative_ttl = kNegativeTtlDefault;

  // True from when an NS RRset below the apex or a DNAME RRset, or an owner with a label "*", first stood in the
  // zone. They need not fall back: a false one lets the answer path skip the search for cuts or wildcards.
  bool has_cuts = false;
  bool has_wildcards = false;

  bool operator==(const Zone&) const = default;
};

// The RRsets that each apex has (RFC 1034 §4.2.1). REQUIRES: at least one name server.
RRset soa_rrset(const Zone& zone);
RRset ns_rrset(const Zone& zone);

}  // namespace dnsserver
