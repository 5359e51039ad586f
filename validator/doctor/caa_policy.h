#pragma once

#include <string>
#include <utility>
#include <vector>

#include "validator/doctor/finding.h"
#include "validator/prober.h"
#include "validator/resolver.h"
#include "validator/zone_finder.h"

namespace validator::doctor {

// What one server of the zone said of CAA at one name.
struct CaaAsked {
  ServerAddress at;
  base::Name name;
  Reply reply;
};

// CAA from the name to certify up to its top-level domain (RFC 8659 §3), and who wants to issue.
struct CaaSeen {
  base::Name identifier;
  bool wildcard = false;
  base::Name zone;                   // that holds the identifier
  std::vector<Lookup> climb;         // from the identifier up
  std::vector<CaaAsked> at_zone;     // of each server of that zone: the identifier, and up to the apex
  std::vector<std::string> issuers;  // the CA's names in CAA; none: not known
  std::string account = {};          // the URI of the account that will ask; empty: not known
};

// caa.climb, caa.policy, caa.account.
Findings check_caa(const CaaSeen& seen);

}  // namespace validator::doctor
