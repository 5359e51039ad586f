#include "validator/zone_finder.h"

#include <algorithm>
#include <utility>

#include "validator/response.h"

namespace validator {

using base::Endpoint;
using base::Name;
using base::Result;
using base::Task;

namespace {

constexpr uint16_t kPort = 53;

std::string outcome_text(const Lookup& lookup) {
  std::string text(name_of(lookup.outcome));
  if (!lookup.why.empty()) text += " (" + lookup.why + ")";
  return text;
}

bool is_at_name(const Lookup& lookup) {
  return lookup.outcome == Outcome::noerror && lookup.path.size() == 1;
}

}  // namespace

std::string ServerAddress::text() const { return server.text() + " (" + endpoint.text() + ")"; }

std::vector<ServerAddress> FoundZone::addresses() const {
  std::vector<ServerAddress> all;
  for (const NameServer& server : servers) {
    for (const Endpoint& endpoint : server.endpoints) {
      if (all.size() < kServerAddressesMax) all.push_back({server.name, endpoint});
    }
  }
  return all;
}

Endpoint ServerPorts::endpoint(const Name& zone, Endpoint at_53) const {
  const auto configured = configured_(zone);
  const auto same = std::ranges::find(configured, at_53.address, &Endpoint::address);
  return same != configured.end() ? *same : at_53;
}

std::vector<Endpoint> stub_addresses(const std::vector<StubZone>& stubs, const Name& name) {
  const StubZone* closest = nullptr;
  for (const StubZone& stub : stubs) {
    if (!name.is_under(stub.apex)) continue;
    if (closest == nullptr || stub.apex.label_count() > closest->apex.label_count()) closest = &stub;
  }
  return closest != nullptr ? closest->addresses : std::vector<Endpoint>();
}

Task<Result<FoundZone>> ZoneFinder::zone_of(Name name) {
  std::string why = "no SOA";
  for (Name apex = name;; apex = apex.parent()) {
    CO_TRY(const Lookup soa, co_await resolver_.resolve(apex, kSoa));
    if (soa.outcome == Outcome::servfail || soa.outcome == Outcome::timeout) {
      why = apex.text() + " SOA got " + outcome_text(soa);
    }
    if (is_at_name(soa)) {
      FoundZone zone{apex};
      CO_TRY(const Lookup ns, co_await resolver_.resolve(apex, kNs));
      std::vector<Name> servers;
      for (const base::Bytes& rdata : ns.rdata) {
        if (auto server = Name::from_wire(rdata)) servers.push_back(*std::move(server));
      }
      zone.servers = co_await look_up(apex, std::move(servers));
      const auto stub = ports_.configured_for(apex);
      // A zone of the own network whose name servers have names that lead nowhere is asked where the operator
      // says.
      if (zone.addresses().empty() && !stub.empty()) {
        zone.servers.push_back({apex, false, stub, ""});
      }
      co_return zone;
    }
    if (apex.is_root()) break;
  }
  co_return base::fail(base::ErrorKind::dns, "the zone that holds " + name.text() + " was not found: " + why);
}

Task<std::vector<NameServer>> ZoneFinder::look_up(Name zone, std::vector<Name> servers) {
  std::ranges::sort(servers);
  if (servers.size() > kNameServersSeenMax) servers.resize(kNameServersSeenMax);
  std::vector<NameServer> found;
  for (Name& server : servers)
    found.push_back(co_await look_up_one(zone, std::move(server)));
  co_return found;
}

Task<NameServer> ZoneFinder::look_up_one(const Name& zone, Name server) {
  NameServer found{std::move(server)};
  for (const uint16_t type : {kA, kAaaa}) {
    const auto lookup = co_await resolver_.resolve(found.name, type);
    if (!lookup) {
      found.why = lookup.error().detail;
      continue;
    }
    found.is_alias = found.is_alias || lookup->path.size() > 1;
    if (lookup->rdata.empty() && type == kA) found.why = outcome_text(*lookup);
    for (const base::Bytes& rdata : lookup->rdata) {
      if (auto endpoint = endpoint_of(rdata, kPort))
        found.endpoints.push_back(ports_.endpoint(zone, *std::move(endpoint)));
    }
  }
  co_return found;
}

}  // namespace validator
