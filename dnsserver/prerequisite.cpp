#include "dnsserver/prerequisite.h"

#include <algorithm>
#include <set>

namespace dnsserver {

bool holds(const std::vector<Prerequisite>& prerequisites, size_t which, const std::vector<RRset>& rrsets) {
  const Prerequisite& prerequisite = prerequisites[which];
  const auto rrset = std::ranges::find(rrsets, prerequisite.type, &RRset::type);
  const bool exists = rrset != rrsets.end();
  switch (prerequisite.kind) {
    case Prerequisite::Kind::name_is_in_use: return !rrsets.empty();
    case Prerequisite::Kind::name_is_not_in_use: return rrsets.empty();
    case Prerequisite::Kind::rrset_exists: return exists;
    case Prerequisite::Kind::rrset_does_not_exist: return !exists;
    case Prerequisite::Kind::rrset_has_value: break;
  }
  std::set<Bytes> expected;
  for (const Prerequisite& other : prerequisites) {
    const bool of_the_same = other.kind == prerequisite.kind && other.type == prerequisite.type;
    if (of_the_same && other.owner == prerequisite.owner) expected.insert(other.rdata);
  }
  return exists && expected == std::set<Bytes>(rrset->rdata.begin(), rrset->rdata.end());
}

}  // namespace dnsserver
