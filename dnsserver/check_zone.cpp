#include "dnsserver/check_zone.h"

#include <algorithm>
#include <string>

namespace dnsserver {

using base::ErrorKind;
using base::fail;
using base::Result;

Result<void> check_zone(const Zone& zone) {
  const std::string apex = zone.apex.text();
  if (zone.apex.is_root() || zone.apex.is_wildcard()) {
    return fail(ErrorKind::malformed, "apex: " + apex + " cannot be a zone here");
  }
  if (zone.name_servers.empty())
    return fail(ErrorKind::malformed, "name_servers: " + apex + " needs at least one");
  if (zone.name_servers.size() > kNameServersMax) {
    return fail(ErrorKind::too_large, "name_servers: " + apex + " has more than 16");
  }
  for (auto name = zone.name_servers.begin(); name != zone.name_servers.end(); ++name) {
    if (std::find(zone.name_servers.begin(), name, *name) != name) {
      return fail(ErrorKind::malformed, "name_servers: " + name->text() + " is named twice");
    }
  }
  if (zone.negative_ttl < std::chrono::seconds(0) || zone.negative_ttl > kNegativeTtlMax) {
    return fail(ErrorKind::malformed, "negative_ttl: it is from 0 s to 1 day");
  }
  return {};
}

}  // namespace dnsserver
