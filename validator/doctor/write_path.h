#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "validator/doctor/finding.h"
#include "validator/doctor/registration.h"
#include "validator/prober.h"
#include "validator/served.h"

namespace validator::doctor {

// How long a canary may take to be everywhere, and to be gone again.
inline constexpr std::chrono::seconds kCanaryPatience{20};

// What became of two random values that the caller's own credential published, and removed again.
struct CanarySeen {
  base::Name owner;
  Caller caller;
  base::Result<void> presented = {};  // both; not set where it was not tried
  std::vector<Served> first;          // at each address, when it was last asked
  std::vector<Served> second;
  std::chrono::milliseconds everywhere_after{0};
  base::Result<void> removed = {};
  std::vector<Served> left;  // `serves`: the first value is still there
  std::chrono::milliseconds gone_after{0};
};

// SOA of one name, as this server answers a client that looks for the zone to update.
struct SoaAsked {
  base::Name name;
  Reply udp;
  Reply tcp;
};

// What clients of RFC 2136 meet that look for the zone of the challenge's name at this server, label by label.
struct DiscoverySeen {
  base::Name challenge;
  std::string server;           // "127.0.0.1:5353"
  std::vector<SoaAsked> climb;  // from the challenge's name to the top-level domain
};

// The zone that a client comes to believe in; not_found says what stopped it.
base::Result<base::Name> zone_for_certbot(const DiscoverySeen& seen);
base::Result<base::Name> zone_for_lego(const DiscoverySeen& seen);  // and for cert-manager
base::Result<base::Name> zone_for_nsupdate(const DiscoverySeen& seen);

struct WritePathSeen {
  std::optional<CanarySeen> canary;        // nothing: no zone of ours holds the end of the path
  std::optional<DiscoverySeen> discovery;  // nothing: this server answers no DNS
};

// write.credential, write.propagation, write.two_values, write.removal, write.discovery.<client>.
Findings check_write_path(const WritePathSeen& seen);

}  // namespace validator::doctor
