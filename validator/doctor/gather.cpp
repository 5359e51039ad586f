#include "validator/doctor/gather.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/random.h"

namespace validator::doctor {

using base::Endpoint;
using base::Name;
using base::Task;

namespace {

constexpr uint16_t kPrivateUse = 65'280;
constexpr uint16_t kDnsPort = 53;
// Nobody's (RFC 6761 §6.4).
constexpr std::string_view kForeignName = "assay-doctor.invalid.";

// A name below `name` that nobody has.
Name below(const Name& name) { return name.prepend(base::random_token()).value_or(name); }

}  // namespace

ServerPorts ports_of(const Instruments& with) {
  return ServerPorts([&with](const Name& name) {
    auto endpoints = stub_addresses(with.stubs, name);
    if (with.own.zone_of(name)) {
      const auto own = with.own.listeners();
      endpoints.insert(endpoints.begin(), own.begin(), own.end());
    }
    return endpoints;
  });
}

Gatherer::Gatherer(const Instruments& instruments, Gone gone)
    : gone_(std::move(gone)),
      resolver_(instruments.resolver, gone_),
      prober_(instruments.prober, gone_),
      with_{
          resolver_,           prober_,           instruments.own,      instruments.pause, instruments.clock,
          instruments.ask_all, instruments.stubs, instruments.is_public},
      finder_(resolver_, ports_of(with_)) {}

Task<Reply> Gatherer::ask(Endpoint at, Name name, uint16_t type) {
  const Query query{.name = std::move(name), .type = type};
  co_return co_await with_.prober.ask(std::move(at), query, Transport::udp);
}

Task<std::optional<FoundZone>> Gatherer::find_zone(Name name, std::string& why) {
  auto found = co_await finder_.zone_of(std::move(name));
  if (found) co_return *std::move(found);
  why = found.error().detail;
  co_return std::nullopt;
}

Task<ParentSeen> Gatherer::parent(Name challenge, std::string credential) {
  ParentSeen seen;
  seen.challenge = challenge;
  auto host = co_await with_.own.host();
  if (host) seen.host = *std::move(host);
  if (!credential.empty()) {
    const auto registration = co_await with_.own.registration(credential, challenge);
    if (registration && !registration->names.empty()) seen.registered = registration->names.front();
  }
  auto zone = co_await find_zone(challenge.parent(), seen.why);
  if (!zone) co_return seen;
  seen.zone = *std::move(zone);
  seen.own_parent = with_.own.zone_of(challenge) == seen.zone.apex;
  for (const ServerAddress& at : seen.zone.addresses()) {
    ParentServer server{at, {}, {}, {}, {}};
    server.soa = co_await ask(at.endpoint, seen.zone.apex, kSoa);
    if (server.soa.answered()) {
      server.txt = co_await ask(at.endpoint, challenge, kTxt);
      server.cname = co_await ask(at.endpoint, challenge, kCname);
      server.sibling = co_await ask(at.endpoint, below(challenge.parent()), kCname);
    } else {
      server.txt = server.cname = server.soa;
    }
    seen.servers.push_back(std::move(server));
  }
  auto walk = co_await with_.resolver.resolve(challenge, kTxt);
  if (walk) seen.walk = *std::move(walk);
  seen.own_zone = with_.own.zone_of(end_of(seen, pointer_of(seen)));
  co_return seen;
}

Task<CredentialSeen> Gatherer::credential(Name owner, std::string credential) {
  CredentialSeen seen;
  seen.owner = owner;
  seen.id = credential;
  if (!credential.empty()) seen.registration = co_await with_.own.registration(credential, owner);
  if (with_.own.zone_of(owner)) seen.holders = co_await with_.own.holders(owner);
  seen.now = with_.clock.now();
  co_return seen;
}

Task<CutSeen> Gatherer::cut(Name apex, std::optional<FoundZone> parent) {
  CutSeen seen;
  seen.apex = apex;
  if (!parent && apex.is_root()) seen.why = "The root is delegated by nobody";
  if (!parent && !apex.is_root()) parent = co_await find_zone(apex.parent(), seen.why);
  if (parent) {
    seen.parent = parent->apex;
    for (const ServerAddress& at : parent->addresses()) {
      Reply ns = co_await ask(at.endpoint, apex, kNs);
      seen.referrals.push_back({at, std::move(ns)});
    }
  }
  if (with_.own.zone_of(apex) == apex) {
    auto own = co_await with_.own.name_servers(apex);
    if (own) seen.own = *std::move(own);
    std::ranges::sort(seen.own);
  }
  auto named = servers_at_parent(seen.referrals, apex);
  co_await ask_children_of(named.empty() ? seen.own : named, seen);
  co_await ask_children_of(servers_at_child(seen.children, apex), seen);
  co_return seen;
}

// Those of the names that were not asked yet.
Task<> Gatherer::ask_children_of(std::vector<Name> names, CutSeen& seen) {
  std::erase_if(names, [&](const Name& name) {
    return std::ranges::find(seen.servers, name, &NameServer::name) != seen.servers.end();
  });
  auto found = co_await finder_.look_up(seen.apex, std::move(names));
  for (NameServer& server : found) {
    co_await ask_children_at(server, seen);
    if (server.endpoints.empty() && with_.own.zone_of(server.name)) {
      NameServer here = co_await look_up_here(server.name, seen.apex);
      co_await ask_children_at(here, seen);
      if (!here.endpoints.empty()) seen.own_servers.push_back(std::move(here));
    }
    seen.servers.push_back(std::move(server));
  }
}

Task<> Gatherer::ask_children_at(const NameServer& server, CutSeen& seen) {
  for (const Endpoint& endpoint : server.endpoints) {
    if (seen.children.size() >= kServerAddressesMax) break;
    ServerAddress at{server.name, endpoint};
    seen.children.push_back(co_await ask_child(std::move(at), seen.apex));
  }
}

// Before its zone is delegated, nobody else knows where a name server is.
Task<NameServer> Gatherer::look_up_here(Name server, Name zone) {
  NameServer found{server};
  const auto listeners = with_.own.listeners();
  if (listeners.empty()) co_return found;
  const ServerPorts ports = ports_of(with_);
  for (const uint16_t type : {kA, kAaaa}) {
    const Reply reply = co_await ask(listeners.front(), server, type);
    if (!reply.has_rcode(kNoerror)) continue;
    for (const Record* record : Response::find(reply.response->answer, server, type)) {
      if (auto endpoint = endpoint_of(record->rdata, kDnsPort))
        found.endpoints.push_back(ports.endpoint(zone, *std::move(endpoint)));
    }
  }
  co_return found;
}

Task<ChildServer> Gatherer::ask_child(ServerAddress at, Name apex) {
  ChildServer child{at, with_.is_public(at.endpoint), {}, {}, {}, {}, {}};
  const Query soa{.name = apex, .type = kSoa};
  child.soa = co_await with_.prober.ask(at.endpoint, soa, Transport::udp);
  child.soa_tcp = co_await with_.prober.ask(at.endpoint, soa, Transport::tcp);
  if (!child.soa.answered() && !child.soa_tcp.answered()) co_return child;
  const Transport transport = child.soa.answered() ? Transport::udp : Transport::tcp;
  const Query ns{.name = apex, .type = kNs};
  child.ns = co_await with_.prober.ask(at.endpoint, ns, transport);
  const Query foreign{.name = *Name::parse(kForeignName), .type = kA, .recursion_desired = true};
  child.foreign = co_await with_.prober.ask(at.endpoint, foreign, transport);
  const Query axfr{.name = apex, .type = kAxfr};
  if (child.soa_tcp.answered()) child.axfr = co_await with_.prober.ask(at.endpoint, axfr, Transport::tcp);
  co_return child;
}

Task<AnswersSeen> Gatherer::answers(Name owner, Name apex, std::vector<ChildServer> children,
                                    ParentSeen parent) {
  AnswersSeen seen;
  seen.owner = owner;
  seen.apex = apex;
  seen.parent = parent.zone.apex;
  for (const ParentServer& server : parent.servers) {
    if (!seen.parent_negative_ttl) seen.parent_negative_ttl = negative_ttl_of(server.sibling);
  }
  for (const ChildServer& child : children) {
    if (child.soa.answered()) seen.servers.push_back(co_await ask_answers(child.at, owner, apex));
  }
  co_return seen;
}

Task<AnsweringServer> Gatherer::ask_answers(ServerAddress at, Name owner, Name apex) {
  AnsweringServer server;
  server.at = at;
  server.txt = co_await ask(at.endpoint, owner, kTxt);
  for (const uint16_t type : {kA, kAaaa, kCaa, kCname, kNs, kMx, kPrivateUse}) {
    Reply reply = co_await ask(at.endpoint, owner, type);
    server.others.emplace_back(type, std::move(reply));
  }
  server.random = co_await ask(at.endpoint, below(owner), kTxt);
  for (Name name = owner; name != apex && name.is_under(apex); name = name.parent()) {
    if (name == owner) continue;
    Reply reply = co_await ask(at.endpoint, name, kTxt);
    server.between.emplace_back(name, std::move(reply));
  }
  Query query{.name = owner, .type = kTxt, .edns = std::nullopt};
  server.plain = co_await with_.prober.ask(at.endpoint, query, Transport::udp);
  query.edns = Edns{.size = 512};
  server.small = co_await with_.prober.ask(at.endpoint, query, Transport::udp);
  query.edns = Edns{.size = 4096, .dnssec_ok = true};
  server.large = co_await with_.prober.ask(at.endpoint, query, Transport::udp);
  query.edns = Edns{.version = 1};
  server.next_version = co_await with_.prober.ask(at.endpoint, query, Transport::udp);
  query.edns = Edns{.unknown_option = true};
  server.unknown_option = co_await with_.prober.ask(at.endpoint, query, Transport::udp);
  co_await ask_burst(owner, server);
  co_return server;
}

// Several at once, or the rate would be that of whoever is far away. An address that is silent is not asked for more
// than it takes to know that.
Task<> Gatherer::ask_burst(Name owner, AnsweringServer& server) {
  const base::Time begun = with_.clock.now();
  while (server.burst_asked < kBurst && server.burst_answered == server.burst_asked) {
    const Query txt{.name = owner, .type = kTxt};
    std::vector<Question> questions(std::min(kBurst - server.burst_asked, kBurstPart),
                                    {server.at.endpoint, txt});
    const std::vector<Reply> replies = co_await with_.ask_all(with_.prober, std::move(questions));
    server.burst_asked += replies.size();
    server.burst_answered += size_t(std::ranges::count_if(replies, &Reply::answered));
  }
  server.burst_took = std::chrono::duration_cast<std::chrono::milliseconds>(with_.clock.now() - begun);
}

Task<CaaSeen> Gatherer::caa(Name identifier, bool wildcard, ParentSeen parent,
                            std::vector<std::string> issuers) {
  CaaSeen seen;
  seen.identifier = identifier;
  seen.wildcard = wildcard;
  seen.zone = parent.zone.apex;
  seen.issuers = std::move(issuers);
  if (seen.issuers.empty()) seen.issuers = with_.own.caa_identities();
  for (Name name = identifier; !name.is_root(); name = name.parent()) {
    auto lookup = co_await with_.resolver.resolve(name, kCaa);
    if (lookup) seen.climb.push_back(*std::move(lookup));
  }
  for (const ParentServer& server : parent.servers) {
    if (!server.soa.answered()) continue;
    for (Name name = identifier; name.is_under(seen.zone); name = name.parent()) {
      Reply reply = co_await ask(server.at.endpoint, name, kCaa);
      const bool is_silent = !reply.answered();
      seen.at_zone.push_back({server.at, name, std::move(reply)});
      if (is_silent || name.is_root()) break;
    }
  }
  co_return seen;
}

Task<DiscoverySeen> Gatherer::discovery(Name challenge) {
  DiscoverySeen seen;
  seen.challenge = challenge;
  const auto listeners = with_.own.listeners();
  if (listeners.empty()) co_return seen;
  const Endpoint server = listeners.front();
  seen.server = server.text();
  for (Name name = challenge; !name.is_root(); name = name.parent()) {
    SoaAsked asked{name, {}, {}};
    const Query query{.name = name, .type = kSoa};
    asked.udp = co_await with_.prober.ask(server, query, Transport::udp);
    asked.tcp = co_await with_.prober.ask(server, query, Transport::tcp);
    seen.climb.push_back(std::move(asked));
  }
  co_return seen;
}

Task<std::vector<ResolverView>> Gatherer::resolvers(Name challenge, std::vector<Endpoint> endpoints) {
  std::vector<ResolverView> views;
  const Query query{.name = challenge, .type = kTxt, .recursion_desired = true};
  for (Endpoint& endpoint : endpoints) {
    Reply txt = co_await with_.prober.ask(endpoint, query, Transport::udp);
    views.push_back({std::move(endpoint), std::move(txt)});
  }
  co_return views;
}

}  // namespace validator::doctor
