#include "dnsserver/rcode_text.h"

#include <algorithm>

namespace dnsserver {

namespace {

// In the order of the names below.
constexpr Rcode kRcodes[] = {Rcode::noerror,  Rcode::formerr, Rcode::servfail, Rcode::nxdomain,
                             Rcode::notimp,   Rcode::refused, Rcode::yxdomain, Rcode::yxrrset,
                             Rcode::nxrrset,  Rcode::notauth, Rcode::notzone,  Rcode::badvers,
                             Rcode::badcookie};
// RFC 6895 §2.3, RFC 7873 §8.
constexpr std::string_view kNames[] = {"NOERROR", "FORMERR",  "SERVFAIL", "NXDOMAIN", "NOTIMP",
                                       "REFUSED", "YXDOMAIN", "YXRRSET",  "NXRRSET",  "NOTAUTH",
                                       "NOTZONE", "BADVERS",  "BADCOOKIE"};
static_assert(std::size(kRcodes) == std::size(kNames));

}  // namespace

std::string rcode_text(Rcode rcode) {
  const auto known = std::ranges::find(kRcodes, rcode);
  if (known == std::end(kRcodes)) return "RCODE" + std::to_string(unsigned(rcode));
  return std::string(kNames[size_t(known - std::begin(kRcodes))]);
}

std::span<const Rcode> all_rcodes() { return kRcodes; }

}  // namespace dnsserver
