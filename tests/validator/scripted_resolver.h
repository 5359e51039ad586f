#pragma once

#include <deque>
#include <initializer_list>
#include <map>
#include <string_view>
#include <vector>

#include "validator/resolver.h"

namespace validator {

// A TXT RRset of these values, each of one character-string.
Lookup txt_rrset(std::initializer_list<std::string_view> values);
Lookup failed(Outcome outcome, std::string_view why = "");
Lookup bogus(Lookup lookup, std::string_view why);
Lookup secure(Lookup lookup);
// `lookup`, reached over these CNAME targets.
Lookup by_cname(std::initializer_list<std::string_view> targets, Lookup lookup);

// A resolver that was told what it sees. What nobody told it of does not exist (NXDOMAIN).
class ScriptedResolver final : public Resolver {
 public:
  // `name` is seen thus, in this order; the last look is what stays.
  void script(std::string_view name, std::vector<base::Result<Lookup>> looks);

  base::Task<base::Result<Lookup>> resolve(base::Name name, uint16_t type) override;

  // Every name asked for, in order.
  const std::vector<base::Name>& asked() const { return asked_; }

 private:
  std::map<base::Name, std::deque<base::Result<Lookup>>> looks_;
  std::vector<base::Name> asked_;
};

}  // namespace validator
