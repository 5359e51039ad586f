#include "tests/validator/scripted_resolver.h"

#include "tests/support/dns_message.h"

namespace validator {

Lookup txt_rrset(std::initializer_list<std::string_view> values) {
  Lookup lookup{.name = {}, .outcome = Outcome::noerror};
  for (const auto value : values)
    lookup.rdata.push_back(support::txt(value));
  return lookup;
}

Lookup failed(Outcome outcome, std::string_view why) {
  return {.name = {}, .outcome = outcome, .why = std::string(why)};
}

Lookup bogus(Lookup lookup, std::string_view why) {
  lookup.security = Security::bogus;
  lookup.why = why;
  return lookup;
}

Lookup secure(Lookup lookup) {
  lookup.security = Security::secure;
  return lookup;
}

Lookup by_cname(std::initializer_list<std::string_view> targets, Lookup lookup) {
  for (const auto target : targets)
    lookup.path.push_back(support::name(target));
  return lookup;
}

void ScriptedResolver::script(std::string_view name, std::vector<base::Result<Lookup>> looks) {
  looks_[support::name(name)].assign(looks.begin(), looks.end());
}

base::Task<base::Result<Lookup>> ScriptedResolver::resolve(base::Name name, uint16_t type) {
  asked_.push_back(name);
  auto& looks = looks_[name];
  base::Result<Lookup> look = looks.empty() ? failed(Outcome::nxdomain) : looks.front();
  if (looks.size() > 1) looks.pop_front();
  if (look) {
    look->name = name;
    look->type = type;
    look->path.insert(look->path.begin(), name);
  }
  co_return look;
}

}  // namespace validator
