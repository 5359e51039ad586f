#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/dns_message.h"
#include "validator/resolver.h"

namespace validator {

// A resolver of a small DNS that a test writes down, of all types. What is not in it does not exist.
class TableResolver final : public Resolver {
 public:
  TableResolver& soa(std::string_view apex) { return add(apex, support::kSoa, "soa"); }
  TableResolver& ns(std::string_view apex, const std::vector<std::string>& servers);
  TableResolver& a(std::string_view owner, std::initializer_list<uint8_t> octets) {
    return add(owner, support::kA, base::Bytes(octets.begin(), octets.end()));
  }
  TableResolver& add(std::string_view owner, uint16_t type, base::BytesView rdata);
  TableResolver& alias(std::string_view owner, std::string_view target);
  // No RRset at the name any more.
  TableResolver& forget(std::string_view owner);
  // SERVFAIL at the name and below it.
  TableResolver& broken(std::string_view owner, std::string_view why);

  base::Task<base::Result<Lookup>> resolve(base::Name name, uint16_t type) override;

 private:
  std::map<std::pair<base::Name, uint16_t>, std::vector<base::Bytes>> rrsets_;
  std::map<base::Name, base::Name> aliases_;
  std::vector<std::pair<base::Name, std::string>> broken_;
};

}  // namespace validator
