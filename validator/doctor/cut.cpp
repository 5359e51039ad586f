#include "validator/doctor/cut.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "validator/resolver.h"

namespace validator::doctor {

using base::Endpoint;
using base::Name;

namespace {

// Addresses that share so many bits usually share a router, too.
constexpr size_t kPrefixOctetsIpv4 = 3;

const Record* soa_at(const Reply& reply, const Name& apex) {
  if (!reply.has_rcode(kNoerror) || !reply.response->authoritative) return nullptr;
  const auto found = Response::find(reply.response->answer, apex, kSoa);
  return found.empty() ? nullptr : found.front();
}

bool answers(const ChildServer& child) { return child.soa.answered() || child.soa_tcp.answered(); }

bool is_authoritative(const ChildServer& child, const Name& apex) {
  return soa_at(child.soa, apex) != nullptr || soa_at(child.soa_tcp, apex) != nullptr;
}

void take_names(const std::vector<const Record*>& records, std::set<Name>& names) {
  for (const Record* record : records) {
    if (auto name = Name::from_wire(record->rdata)) names.insert(*std::move(name));
  }
}

std::vector<WantedRecord> ns_records(const Name& apex, const std::vector<Name>& servers,
                                     const std::vector<Name>& without) {
  std::vector<WantedRecord> records;
  for (const Name& server : servers) {
    if (!std::ranges::binary_search(without, server)) records.push_back({apex, "NS", server.text()});
  }
  return records;
}

std::vector<std::string> glue_of(const CutSeen& seen, const Name& server) {
  std::set<std::string> addresses;
  for (const Referral& referral : seen.referrals) {
    if (!referral.ns.answered()) continue;
    for (const uint16_t type : {kA, kAaaa}) {
      for (const Record* record : Response::find(referral.ns.response->additional, server, type)) {
        if (const auto endpoint = endpoint_of(record->rdata, 53)) addresses.insert(endpoint->address);
      }
    }
  }
  return {addresses.begin(), addresses.end()};
}

WantedRecord address_record(const Name& server, const std::string& address) {
  return {server, address.find(':') != std::string::npos ? "AAAA" : "A", address};
}

// The addresses of name servers below the cut, which nobody finds but by the parent: of those that are new there, or
// that nobody finds.
std::vector<WantedRecord> missing_glue(const CutSeen& seen, const std::vector<Name>& at_parent,
                                       const std::vector<Name>& wanted) {
  std::vector<WantedRecord> records;
  for (const auto* known : {&seen.servers, &seen.own_servers}) {
    for (const NameServer& server : *known) {
      const bool is_found = known == &seen.servers && std::ranges::binary_search(at_parent, server.name);
      const bool is_wanted =
          server.name.is_under(seen.apex) && std::ranges::binary_search(wanted, server.name);
      if (is_found || !is_wanted || !glue_of(seen, server.name).empty()) continue;
      for (const Endpoint& endpoint : server.endpoints)
        records.push_back(address_record(server.name, endpoint.address));
    }
  }
  return records;
}

// The parent's NS made those of `wanted`.
std::vector<Remedy> parent_remedy(const CutSeen& seen, const std::vector<Name>& at_parent,
                                  const std::vector<Name>& wanted) {
  std::vector<Name> kept;
  std::ranges::set_intersection(at_parent, wanted, std::back_inserter(kept));
  Remedy remedy{"in the parent zone", seen.parent, ns_records(seen.apex, at_parent, wanted),
                ns_records(seen.apex, wanted, at_parent), ns_records(seen.apex, kept, {})};
  std::ranges::move(missing_glue(seen, at_parent, wanted), std::back_inserter(remedy.add));
  return {remedy};
}

// A finding about all servers together: `wrong` says what is wrong with one, or nothing. Those that do not answer
// are another finding's.
Finding over_all(const CutSeen& seen, std::string id, Grade grade, const std::string& good,
                 const std::string& bad, const std::function<std::string(const ChildServer&)>& wrong) {
  std::vector<std::string> told;
  size_t asked = 0;
  for (const ChildServer& child : seen.children) {
    if (!answers(child)) continue;
    ++asked;
    const std::string what = wrong(child);
    if (!what.empty()) told.push_back(child.at.text() + ": " + what);
  }
  if (asked == 0) return skipped(std::move(id), "No name server of " + seen.apex.text() + " answered.");
  if (told.empty()) return ok(std::move(id), good);
  return {std::move(id), grade, bad + " " + joined(told) + ".", {}};
}

Finding check_delegation(const CutSeen& seen) {
  const std::string id = "cut.delegation";
  const auto at_parent = servers_at_parent(seen.referrals, seen.apex);
  const auto at_child = servers_at_child(seen.children, seen.apex);
  if (!seen.why.empty()) return skipped(id, seen.why + ".");
  const bool lame = std::ranges::none_of(
      seen.children, [&](const ChildServer& child) { return is_authoritative(child, seen.apex); });
  if (at_parent.empty()) {
    const auto& wanted = at_child.empty() ? seen.own : at_child;
    auto remedies = wanted.empty() ? std::vector<Remedy>() : parent_remedy(seen, {}, wanted);
    return failure(id,
                   "No name server of " + seen.parent.text() + " delegates " + seen.apex.text() +
                       ", so no resolver comes to the zone.",
                   std::move(remedies));
  }
  if (lame) {
    auto remedies = seen.own.empty() || seen.own == at_parent ? std::vector<Remedy>()
                                                              : parent_remedy(seen, at_parent, seen.own);
    return failure(id,
                   "Lame delegation: " + seen.parent.text() + " delegates " + seen.apex.text() + " to " +
                       joined(at_parent) + ", of which no address answers for the zone.",
                   std::move(remedies));
  }
  if (at_parent != at_child) {
    return warning(id,
                   "NS of " + seen.apex.text() + " in the parent zone (" + joined(at_parent) +
                       ") are not those in the zone itself (" + joined(at_child) + ").",
                   parent_remedy(seen, at_parent, at_child));
  }
  return ok(id, seen.apex.text() + " is delegated to " + joined(at_parent) + ", as the zone itself says.");
}

std::vector<std::string> stale_in(const std::vector<std::string>& glue, const NameServer& server) {
  std::vector<std::string> stale;
  std::ranges::copy_if(glue, std::back_inserter(stale), [&](const std::string& address) {
    return std::ranges::find(server.endpoints, address, &Endpoint::address) == server.endpoints.end();
  });
  return stale;
}

// Addresses in the place of the glue that is none of them.
void exchange_glue(const std::vector<std::string>& glue, const NameServer& server, Remedy& remedy) {
  const auto stale = stale_in(glue, server);
  for (const std::string& address : glue) {
    auto& list = std::ranges::find(stale, address) != stale.end() ? remedy.remove : remedy.keep;
    list.push_back(address_record(server.name, address));
  }
  for (const Endpoint& endpoint : server.endpoints) {
    if (std::ranges::find(glue, endpoint.address) == glue.end())
      remedy.add.push_back(address_record(server.name, endpoint.address));
  }
}

Finding check_addresses(const CutSeen& seen) {
  const std::string id = "cut.addresses";
  std::vector<std::string> missing;
  std::vector<std::string> doubtful;
  Remedy glue_remedy{"in the parent zone", seen.parent};
  for (const NameServer& server : seen.servers) {
    const std::string name = server.name.text();
    const bool is_here =
        std::ranges::find(seen.own_servers, server.name, &NameServer::name) != seen.own_servers.end();
    const bool waits_for_glue = is_here && server.name.is_under(seen.apex);
    if (server.endpoints.empty() && !waits_for_glue)
      missing.push_back(name + " has no address (" + server.why + ")");
    if (server.is_alias) missing.push_back(name + " is a CNAME, which RFC 2181 §10.3 forbids");
    const auto glue = glue_of(seen, server.name);
    for (const std::string& address : stale_in(glue, server))
      doubtful.push_back("the parent's glue " + address + " is no address of " + name);
    const bool is_glue = server.name.is_under(seen.apex);  // else it may stand in another zone
    if (is_glue && !stale_in(glue, server).empty()) exchange_glue(glue, server, glue_remedy);
  }
  if (!missing.empty()) {
    return failure(id,
                   "Name servers cannot be reached by their names: " + joined(missing) +
                       ". Each wants an A or AAAA record of its own; in a zone of this server: assay zone "
                       "rrset put NAME A ADDRESS.");
  }
  if (!doubtful.empty())
    return warning(id, "Glue and addresses differ: " + joined(doubtful) + ".",
                   glue_remedy.add.empty() && glue_remedy.remove.empty() ? std::vector<Remedy>()
                                                                         : std::vector{glue_remedy});
  if (seen.servers.empty()) return skipped(id, "There are no name servers to look for.");
  return ok(id, "Every name server has an address, and glue is the same.");
}

std::string prefix_of(const Endpoint& endpoint) {
  if (endpoint.address.find(':') != std::string::npos)
    return endpoint.address.substr(0, endpoint.address.find("::"));
  size_t end = 0;
  for (size_t i = 0; i < kPrefixOctetsIpv4; ++i)
    end = endpoint.address.find('.', end) + 1;
  return endpoint.address.substr(0, end);
}

Finding check_count(const CutSeen& seen) {
  const std::string id = "cut.count";
  if (seen.children.empty()) return skipped(id, "There are no name servers to count.");
  std::set<std::string> prefixes;
  for (const ChildServer& child : seen.children)
    prefixes.insert(prefix_of(child.at.endpoint));
  if (seen.servers.size() < 2 || prefixes.size() < 2) {
    return warning(
        id, seen.apex.text() + " has " + std::to_string(seen.servers.size()) + " name server(s) in " +
                std::to_string(prefixes.size()) +
                " network(s). Two in different networks (RFC 2182) keep issuance going when one is away.");
  }
  return ok(id, std::to_string(seen.servers.size()) + " name servers in " + std::to_string(prefixes.size()) +
                    " networks.");
}

Finding check_reach(const CutSeen& seen) {
  const std::string id = "cut.reach";
  if (seen.children.empty()) return skipped(id, "There is no address to judge.");
  std::vector<std::string> inside;
  for (const ChildServer& child : seen.children) {
    if (!child.is_public) inside.push_back(child.at.text());
  }
  if (inside.empty()) return ok(id, "Every address is a public one.");
  return warning(
      id, "Only a CA in the own network reaches addresses that are not public: " + joined(inside) + ".");
}

// Every address must answer, since a resolver chooses one, and some choose TCP.
Finding check_transport(const CutSeen& seen, std::string id, const std::string& transport,
                        Reply ChildServer::*reply) {
  if (seen.children.empty()) return skipped(std::move(id), "There is no address to ask.");
  std::vector<std::string> silent;
  for (const ChildServer& child : seen.children) {
    const Reply& seen_reply = child.*reply;
    if (!seen_reply.answered()) silent.push_back(child.at.text() + ": " + seen_reply.why);
  }
  if (silent.empty()) return ok(std::move(id), "Every address answers over " + transport + ".");
  return failure(std::move(id), "Not every address answers over " + transport +
                                    " (a firewall, or no server?): " + joined(silent) + ".");
}

Finding check_authority(const CutSeen& seen) {
  const auto wrong = [&](const ChildServer& child) -> std::string {
    for (const Reply* reply : {&child.soa, &child.soa_tcp}) {
      if (reply->answered() && soa_at(*reply, seen.apex) == nullptr) return said(*reply) + " to SOA";
    }
    const bool has_ns = child.ns.has_rcode(kNoerror) && child.ns.response->authoritative &&
                        !Response::find(child.ns.response->answer, seen.apex, kNs).empty();
    return has_ns ? "" : said(child.ns) + " to NS";
  };
  return over_all(seen, "cut.authority", Grade::fail,
                  "Every address answers with authority, with SOA and NS at " + seen.apex.text() + ".",
                  "Not every address answers with authority, with SOA and NS at " + seen.apex.text() + ":",
                  wrong);
}

Finding check_recursion(const CutSeen& seen) {
  const auto wrong = [](const ChildServer& child) -> std::string {
    if (child.soa.answered() && child.soa.response->recursion_available) return "offers recursion";
    if (!child.foreign.answered())
      return child.foreign.why + " to a name of others, where REFUSED is expected";
    return child.foreign.has_rcode(kRefused) ? "" : said(child.foreign) + " to a name of others";
  };
  return over_all(seen, "cut.recursion", Grade::warn,
                  "No address answers for names of others (REFUSED, no RA).",
                  "A server for everybody is misused, and one that is silent makes clients wait:", wrong);
}

Finding check_transfer(const CutSeen& seen) {
  const auto wrong = [](const ChildServer& child) -> std::string {
    const bool given = child.axfr.has_rcode(kNoerror) && !child.axfr.response->answer.empty();
    return given ? "gives the zone away" : "";
  };
  return over_all(seen, "cut.transfer", Grade::warn, "No address transfers the zone (AXFR) to this host.",
                  "Anybody may take the whole zone with AXFR:", wrong);
}

Finding check_serials(const CutSeen& seen) {
  const std::string id = "cut.serials";
  std::map<uint32_t, std::vector<std::string>> by_serial;
  for (const ChildServer& child : seen.children) {
    const Record* soa = soa_at(child.soa, seen.apex);
    if (soa == nullptr) soa = soa_at(child.soa_tcp, seen.apex);
    if (soa == nullptr) continue;
    if (const auto parsed = parse_soa(soa->rdata)) by_serial[parsed->serial].push_back(child.at.text());
  }
  if (by_serial.empty()) return skipped(id, "No name server of " + seen.apex.text() + " answered.");
  if (by_serial.size() == 1)
    return ok(id, "Every address has the serial " + std::to_string(by_serial.begin()->first) + ".");
  std::vector<std::string> parts;
  for (const auto& [serial, who] : by_serial)
    parts.push_back(std::to_string(serial) + " at " + joined(who, ", "));
  return warning(id,
                 "The addresses have different serials, so one of them is behind: " + joined(parts) + ".");
}

}  // namespace

std::vector<Name> servers_at_parent(const std::vector<Referral>& referrals, const Name& apex) {
  std::set<Name> names;
  for (const Referral& referral : referrals) {
    if (!referral.ns.has_rcode(kNoerror)) continue;
    take_names(Response::find(referral.ns.response->authority, apex, kNs), names);
    take_names(Response::find(referral.ns.response->answer, apex, kNs), names);
  }
  return {names.begin(), names.end()};
}

std::vector<Name> servers_at_child(const std::vector<ChildServer>& children, const Name& apex) {
  std::set<Name> names;
  for (const ChildServer& child : children) {
    if (child.ns.has_rcode(kNoerror) && child.ns.response->authoritative)
      take_names(Response::find(child.ns.response->answer, apex, kNs), names);
  }
  return {names.begin(), names.end()};
}

Findings check_cut(const CutSeen& seen) {
  return {check_delegation(seen),
          check_addresses(seen),
          check_reach(seen),
          check_count(seen),
          check_transport(seen, "cut.udp", "UDP", &ChildServer::soa),
          check_transport(seen, "cut.tcp", "TCP", &ChildServer::soa_tcp),
          check_authority(seen),
          check_recursion(seen),
          check_transfer(seen),
          check_serials(seen)};
}

}  // namespace validator::doctor
