#pragma once

#include <cstdint>
#include <vector>

#include "dnsserver/rrset.h"

namespace dnsserver {

// One record of the Prerequisite Section in the words of RFC 2136 §2.4.
struct Prerequisite {
  enum class Kind {
    rrset_exists,     // value independent
    rrset_has_value,  // value dependent: with its like of one owner, all the values of the RRset
    rrset_does_not_exist,
    name_is_in_use,
    name_is_not_in_use,
  };
  Kind kind = Kind::rrset_exists;
  Name owner;
  uint16_t type = 0;
  Bytes rdata = {};

  bool operator==(const Prerequisite&) const = default;
};

// Does prerequisites[which] hold where `rrsets` are all that stand at its owner (RFC 2136 §3.2)?
bool holds(const std::vector<Prerequisite>& prerequisites, size_t which, const std::vector<RRset>& rrsets);

}  // namespace dnsserver
