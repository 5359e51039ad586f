#pragma once

#include <functional>
#include <vector>

#include "base/endpoint.h"
#include "base/error.h"
#include "base/name.h"
#include "base/task.h"
#include "validator/resolver.h"
#include "validator/stub_zone.h"

namespace validator {

// Name servers of one zone, and addresses of all of them together, that are looked at. A zone has 13 at most.
inline constexpr size_t kNameServersSeenMax = 13;
inline constexpr size_t kServerAddressesMax = 26;

// One address of a name server.
struct ServerAddress {
  base::Name server;
  base::Endpoint endpoint;

  // "ns1.corp.test. (192.0.2.1:53)"
  std::string text() const;
  bool operator==(const ServerAddress&) const = default;
};

// A name server and what its name leads to.
struct NameServer {
  base::Name name;
  bool is_alias = false;                       // a CNAME stands at its name (RFC 2181 §10.3 forbids it)
  std::vector<base::Endpoint> endpoints = {};  // none: `why` says why
  std::string why = {};                        // "NXDOMAIN"
};

// A zone and who serves it, as a resolver found out.
struct FoundZone {
  base::Name apex;
  std::vector<NameServer> servers = {};

  std::vector<ServerAddress> addresses() const;
};

// On which ports name servers are asked. 53, but one that a stub zone or this server itself has at the address
// of the name server: so that everything works on ports that need no privilege.
class ServerPorts {
 public:
  // The endpoints that configuration gives for the zone that holds `name`; empty: none does.
  using Configured = std::function<std::vector<base::Endpoint>(const base::Name& name)>;

  explicit ServerPorts(Configured configured) : configured_(std::move(configured)) {}

  std::vector<base::Endpoint> configured_for(const base::Name& zone) const { return configured_(zone); }
  base::Endpoint endpoint(const base::Name& zone, base::Endpoint at_53) const;

 private:
  Configured configured_;
};

// The addresses of the stub zone that holds `name`, the one with the longest apex.
std::vector<base::Endpoint> stub_addresses(const std::vector<StubZone>& stubs, const base::Name& name);

// Finds zones and their name servers by a resolver.
class ZoneFinder {
 public:
  ZoneFinder(Resolver& resolver, ServerPorts ports) : resolver_(resolver), ports_(std::move(ports)) {}

  // The zone that holds `name`: the closest apex at or above it. dns: no SOA was found up to the root.
  base::Task<base::Result<FoundZone>> zone_of(base::Name name);

  // The addresses of the first kNameServersSeenMax of these name servers of `zone`.
  base::Task<std::vector<NameServer>> look_up(base::Name zone, std::vector<base::Name> servers);

 private:
  base::Task<NameServer> look_up_one(const base::Name& zone, base::Name server);

  Resolver& resolver_;
  const ServerPorts ports_;
};

}  // namespace validator
