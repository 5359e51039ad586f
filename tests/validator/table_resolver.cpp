#include "tests/validator/table_resolver.h"

#include <algorithm>

namespace validator {

using base::Name;

TableResolver& TableResolver::ns(std::string_view apex, const std::vector<std::string>& servers) {
  for (const std::string& server : servers)
    add(apex, support::kNs, support::name(server).wire());
  return *this;
}

TableResolver& TableResolver::add(std::string_view owner, uint16_t type, base::BytesView rdata) {
  rrsets_[{support::name(owner), type}].emplace_back(rdata);
  return *this;
}

TableResolver& TableResolver::alias(std::string_view owner, std::string_view target) {
  aliases_.insert({support::name(owner), support::name(target)});
  return *this;
}

TableResolver& TableResolver::forget(std::string_view owner) {
  std::erase_if(rrsets_, [&](const auto& rrset) { return rrset.first.first == support::name(owner); });
  return *this;
}

TableResolver& TableResolver::broken(std::string_view owner, std::string_view why) {
  broken_.emplace_back(support::name(owner), why);
  return *this;
}

base::Task<base::Result<Lookup>> TableResolver::resolve(Name name, uint16_t type) {
  Lookup lookup;
  lookup.name = name;
  lookup.type = type;
  lookup.path = {name};
  for (auto next = aliases_.find(name); next != aliases_.end(); next = aliases_.find(lookup.path.back()))
    lookup.path.push_back(next->second);
  const Name& end = lookup.path.back();
  for (const auto& [owner, why] : broken_) {
    if (!end.is_under(owner)) continue;
    lookup.why = why;
    co_return lookup;
  }
  const auto found = rrsets_.find({end, type});
  const bool exists =
      std::ranges::any_of(rrsets_, [&](const auto& rrset) { return rrset.first.first.is_under(end); });
  lookup.outcome = found != rrsets_.end() ? Outcome::noerror : exists ? Outcome::nodata : Outcome::nxdomain;
  if (found != rrsets_.end()) lookup.rdata = found->second;
  co_return lookup;
}

}  // namespace validator
