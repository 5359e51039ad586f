#include "app/system_resolvers.h"

#include <sstream>
#include <string>

#include "app/files.h"

namespace app {

namespace {

constexpr size_t kResolversMax = 3;  // MAXNS of <resolv.h>

}  // namespace

std::vector<base::Endpoint> resolvers_in(std::string_view resolv_conf) {
  std::vector<base::Endpoint> resolvers;
  std::istringstream lines{std::string(resolv_conf)};
  for (std::string line; resolvers.size() < kResolversMax && std::getline(lines, line);) {
    std::istringstream words(line);
    std::string keyword;
    std::string address;
    if (!(words >> keyword >> address) || keyword != "nameserver") continue;
    const bool is_v6 = address.find(':') != std::string::npos;
    auto resolver = base::parse_endpoint(is_v6 ? "[" + address + "]:53" : address + ":53");
    if (resolver) resolvers.push_back(*std::move(resolver));
  }
  return resolvers;
}

std::vector<base::Endpoint> system_resolvers() {
  const auto text = read_file("/etc/resolv.conf");
  return text ? resolvers_in(*text) : std::vector<base::Endpoint>();
}

}  // namespace app
