#include "app/check_ports.h"

#include <vector>

#include "dnsserver/net/socket.h"

namespace app {

using base::Endpoint;
using base::Result;
using base::Role;

namespace {

void append(std::vector<Endpoint>& all, const std::vector<Endpoint>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

// Of the roles that there are, for the others have defaults, too.
std::vector<Endpoint> tcp_endpoints(const base::Config& config) {
  std::vector<Endpoint> all = config.grpc.listen;
  append(all, config.metrics.listen);
  if (config.roles.contains(Role::dns)) {
    for (const auto* listen :
         {&config.dns.listen, &config.dns.tls.listen, &config.update.listen, &config.publish.listen})
      append(all, *listen);
  }
  if (config.roles.contains(Role::ca)) {
    append(all, config.acme.listen);
    append(all, config.revocation.listen);
  }
  return all;
}

std::vector<Endpoint> udp_endpoints(const base::Config& config) {
  std::vector<Endpoint> all;
  if (!config.roles.contains(Role::dns)) return all;
  append(all, config.dns.listen);
  append(all, config.update.listen);
  return all;
}

}  // namespace

Result<void> check_ports(const base::Config& config) {
  for (const Endpoint& endpoint : tcp_endpoints(config))
    CHECK(dnsserver::net::open_tcp(endpoint));
  for (const Endpoint& endpoint : udp_endpoints(config))
    CHECK(dnsserver::net::open_udp(endpoint));
  return {};
}

}  // namespace app
