#include "acmecore/special_use.h"

#include <algorithm>
#include <array>

#include "acmecore/dns_name_syntax.h"

namespace acmecore {

namespace {

constexpr std::array<std::string_view, 18> kSpecialUse{
    "6tisch.arpa", "alt",         "eap.arpa",  "eap-noob.arpa", "example",      "example.com",
    "example.net", "example.org", "home.arpa", "internal",      "invalid",      "ipv4only.arpa",
    "local",       "localhost",   "onion",     "resolver.arpa", "service.arpa", "test"};
constexpr std::array<std::string_view, 2> kReverse{"in-addr.arpa", "ip6.arpa"};

bool is_at_or_below(std::string_view name, std::string_view parent) {
  return name == parent || is_below(name, parent);
}

}  // namespace

bool is_special_use(std::string_view name) {
  return std::ranges::any_of(kSpecialUse, [name](auto parent) { return is_at_or_below(name, parent); });
}

bool is_reverse_name(std::string_view name) {
  return std::ranges::any_of(kReverse, [name](auto parent) { return is_at_or_below(name, parent); });
}

}  // namespace acmecore
