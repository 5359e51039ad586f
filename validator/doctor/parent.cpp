#include "validator/doctor/parent.h"

#include <algorithm>
#include <map>
#include <utility>

#include "validator/dns01.h"
#include "validator/txt.h"

namespace validator::doctor {

using base::Name;
using Kind = Pointer::Kind;

namespace {

bool is_clear(const Reply& reply) { return reply.has_rcode(kNoerror) || reply.has_rcode(kNxdomain); }

// Below the parent's apex and at or above the challenge's name.
bool is_cut(const Name& owner, const Name& challenge, const Name& apex) {
  return challenge.is_under(owner) && owner.is_under(apex) && owner != apex;
}

bool take_referral(const Response& response, const Name& challenge, const Name& apex, Pointer& pointer) {
  for (const Record& record : response.authority) {
    if (!is_cut(record.owner, challenge, apex)) continue;
    // A SOA from below the cut: the server holds the child, too.
    if (record.type != kNs && record.type != kSoa) continue;
    pointer.kind = Kind::delegation;
    pointer.cut = record.owner;
    auto server = Name::from_wire(record.rdata);
    if (record.type == kNs && server) pointer.servers.push_back(*std::move(server));
  }
  std::ranges::sort(pointer.servers);
  return pointer.kind == Kind::delegation;
}

bool is_synthesized(const ParentServer& server, const Name& target) {
  if (server.cname.answered() && Response::first(server.cname.response->answer, kDname) != nullptr)
    return true;
  if (!server.sibling.answered()) return false;
  const Record* alias = Response::first(server.sibling.response->answer, kCname);
  return alias != nullptr && alias->rdata.size() == target.wire().size() &&
         Name::from_wire(alias->rdata) == target;
}

std::string shown(const Pointer& pointer) {
  switch (pointer.kind) {
    case Kind::nothing: return "nothing";
    case Kind::alias: return "CNAME " + pointer.target.text();
    case Kind::delegation:
      return pointer.servers.empty() ? "a zone of the same servers" : "NS " + joined(pointer.servers);
    case Kind::text: return "TXT";
    case Kind::alias_beside_text: return "CNAME " + pointer.target.text() + " beside TXT";
    case Kind::unclear: return pointer.why;
    case Kind::here: return "a zone of this server";
  }
  return "";
}

std::vector<WantedRecord> texts(const ParentSeen& seen, const Pointer& pointer) {
  std::vector<WantedRecord> records;
  for (const base::Bytes& rdata : pointer.values)
    records.push_back({seen.challenge, "TXT", txt_presentation(rdata).value_or("\"\""), pointer.ttl});
  return records;
}

Finding check_servers(const ParentSeen& seen) {
  const std::string id = "parent.servers";
  const std::string zone = seen.zone.apex.text();
  if (!seen.why.empty()) return failure(id, seen.why + ".");
  if (seen.servers.empty()) return failure(id, "No name server of " + zone + " has an address.");
  std::vector<std::string> wrong;
  for (const ParentServer& server : seen.servers) {
    const bool good =
        server.soa.has_rcode(kNoerror) && server.soa.response->authoritative && is_clear(server.txt);
    const Reply& said_wrong = server.soa.has_rcode(kNoerror) ? server.txt : server.soa;
    if (!good) wrong.push_back(server.at.text() + ": " + said(said_wrong));
  }
  if (wrong.empty()) {
    return ok(id, std::to_string(seen.servers.size()) + " address(es) of the name servers of " + zone +
                      " answer for it.");
  }
  return failure(id, "Not every name server of " + zone +
                         " answers for it, so some resolvers see nothing: " + joined(wrong) + ".");
}

Finding check_agreement(const ParentSeen& seen) {
  const std::string id = "parent.agreement";
  std::map<std::string, std::vector<std::string>> by_pointer;
  std::map<std::string, std::vector<std::string>> by_serial;
  for (const ParentServer& server : seen.servers) {
    const Pointer pointer = pointer_of(server, seen.challenge, seen.zone.apex);
    if (pointer.kind != Kind::unclear) by_pointer[shown(pointer)].push_back(server.at.text());
    const Record* soa = server.soa.answered() ? Response::first(server.soa.response->answer, kSoa) : nullptr;
    const auto parsed = soa != nullptr ? parse_soa(soa->rdata) : base::fail(base::ErrorKind::dns, "");
    if (parsed) by_serial[std::to_string(parsed->serial)].push_back(server.at.text());
  }
  const auto told = [](const auto& groups) {
    std::vector<std::string> parts;
    for (const auto& [what, who] : groups)
      parts.push_back(what + " at " + joined(who, ", "));
    return joined(parts);
  };
  if (by_pointer.size() > 1)
    return failure(id, "The name servers of " + seen.zone.apex.text() + " differ: " + told(by_pointer) + ".");
  if (by_serial.size() > 1) {
    return warning(id, "The name servers of " + seen.zone.apex.text() +
                           " have different serials: " + told(by_serial) + ".");
  }
  if (by_pointer.empty()) return skipped(id, "No server of the parent zone said anything to compare.");
  return ok(id, "All of them say the same, from the same serial.");
}

Finding check_pointer(const ParentSeen& seen, const Pointer& pointer) {
  const std::string id = "parent.pointer";
  const std::string name = seen.challenge.text();
  switch (pointer.kind) {
    case Kind::nothing: {
      auto remedies = delegation_remedies(seen, {});
      const std::string todo = remedies.empty() ? " Create a zone here first (assay zone create)."
                                                : " Ask the DNS team of " + seen.zone.apex.text() +
                                                      " for one of the records below.";
      return failure(id, "Nothing stands at " + name + " yet, so no CA is led to this server." + todo,
                     std::move(remedies));
    }
    case Kind::text:
      return failure(
          id, "TXT stands at " + name + " in the parent zone itself, so what is published here is not seen.",
          delegation_remedies(seen, texts(seen, pointer)));
    case Kind::alias_beside_text: {
      const Remedy remedy{"keep the CNAME alone", seen.zone.apex, texts(seen, pointer), {}};
      return failure(id,
                     "A CNAME and TXT stand side by side at " + name +
                         ", which RFC 1034 §3.6.2 forbids: resolvers take one or the other.",
                     {remedy});
    }
    case Kind::unclear:
      return skipped(id, "No server of " + seen.zone.apex.text() + " says what stands at " + name + ": " +
                             pointer.why + ".");
    case Kind::here:
      return ok(
          id, name + " is in " + seen.zone.apex.text() + ", a zone of this server: it needs no delegation.");
    case Kind::alias:
    case Kind::delegation: break;
  }
  if (pointer.shadowed) {
    return warning(id, "What leads " + name +
                           " away is a wildcard or a DNAME, which leads all names beside it to the "
                           "same place: " +
                           shown(pointer) + ".");
  }
  return ok(id, name + " is delegated: " + shown(pointer) + ".");
}

Finding check_path(const ParentSeen& seen, const Pointer& pointer) {
  const std::string id = "parent.path";
  if (pointer.kind != Kind::alias && pointer.kind != Kind::delegation && pointer.kind != Kind::here)
    return skipped(id, "There is no delegation to follow yet.");
  if (!seen.walk) return skipped(id, "The validator could not ask.");
  const Lookup& walk = *seen.walk;
  if (walk.path.size() > kCnameHopsMax + 1) {
    return failure(id, "More than " + std::to_string(kCnameHopsMax) + " CNAMEs lie between " +
                           seen.challenge.text() + " and its TXT RRset.");
  }
  if (walk.outcome == Outcome::servfail || walk.outcome == Outcome::timeout ||
      walk.security == Security::bogus) {
    return failure(id, "A resolver gets no usable answer: " + sentence(walk) +
                           (walk.why.empty() ? "" : ": " + walk.why) + ".");
  }
  return ok(id, "A resolver that starts at the top arrives: " + sentence(walk) + ".");
}

Finding check_target(const ParentSeen& seen, const Pointer& pointer) {
  const std::string id = "parent.target";
  const std::string end = end_of(seen, pointer).text();
  if (pointer.kind == Kind::alias || pointer.kind == Kind::here) {
    if (seen.own_zone) return ok(id, end + " is in the zone " + seen.own_zone->text() + " of this server.");
    const WantedRecord dangling{seen.challenge, "CNAME", pointer.target.text(), pointer.ttl};
    return failure(
        id,
        seen.challenge.text() + " leads to " + end +
            ", which is in no zone of this server: whoever gets hold of that name can have certificates.",
        delegation_remedies(seen, {dangling}));
  }
  if (pointer.kind != Kind::delegation) return skipped(id, "There is no delegation to follow yet.");
  if (seen.own_zone && seen.own_zone->is_under(pointer.cut))
    return ok(id, "This server has the zone " + seen.own_zone->text() + ".");
  return failure(
      id, pointer.cut.text() +
              " is delegated, and this server has no such zone. If it is to answer: assay zone create " +
              pointer.cut.text() + " --name-server " +
              (pointer.servers.empty() ? "NAME" : pointer.servers.front().text()) + ".");
}

}  // namespace

Pointer pointer_of(const ParentServer& server, const Name& challenge, const Name& apex) {
  Pointer pointer;
  if (!is_clear(server.txt) && !is_clear(server.cname)) {
    pointer.kind = Kind::unclear;
    pointer.why = said(server.txt);
    return pointer;
  }
  for (const Reply* reply : {&server.txt, &server.cname}) {
    if (is_clear(*reply) && take_referral(*reply->response, challenge, apex, pointer)) return pointer;
  }
  const std::vector<Record> none;
  const auto& txt = is_clear(server.txt) ? server.txt.response->answer : none;
  const auto& cname = is_clear(server.cname) ? server.cname.response->answer : none;
  for (const Record* record : Response::find(txt, challenge, kTxt)) {
    pointer.values.push_back(record->rdata);
    pointer.ttl = record->ttl;
  }
  auto aliases = Response::find(cname, challenge, kCname);
  if (aliases.empty()) aliases = Response::find(txt, challenge, kCname);
  const auto target =
      aliases.empty() ? base::fail(base::ErrorKind::dns, "") : Name::from_wire(aliases.front()->rdata);
  if (target) {
    pointer.kind = pointer.values.empty() ? Kind::alias : Kind::alias_beside_text;
    pointer.target = *target;
    if (pointer.kind == Kind::alias) pointer.ttl = aliases.front()->ttl;
    pointer.shadowed = is_synthesized(server, *target);
  } else if (!pointer.values.empty()) {
    pointer.kind = Kind::text;
  }
  return pointer;
}

Pointer pointer_of(const ParentSeen& seen) {
  Pointer unclear;
  unclear.kind = Kind::unclear;
  unclear.why = "it has none with an address";
  for (const ParentServer& server : seen.servers) {
    Pointer pointer = pointer_of(server, seen.challenge, seen.zone.apex);
    if (pointer.kind == Kind::unclear) {
      unclear = std::move(pointer);
      continue;
    }
    const bool is_plain = pointer.kind == Kind::nothing || pointer.kind == Kind::text;
    if (is_plain && seen.own_parent) pointer.kind = Kind::here;
    return pointer;
  }
  return unclear;
}

Name end_of(const ParentSeen& seen, const Pointer& pointer) {
  if (seen.walk && seen.walk->path.size() > 1) return seen.walk->path.back();
  const bool is_alias = pointer.kind == Kind::alias || pointer.kind == Kind::alias_beside_text;
  return is_alias ? pointer.target : seen.challenge;
}

std::vector<Remedy> delegation_remedies(const ParentSeen& seen, const std::vector<WantedRecord>& removed) {
  if (seen.registered) {
    return {{"delegate it by CNAME to the name that is registered",
             seen.zone.apex,
             removed,
             {{seen.challenge, "CNAME", seen.registered->text()}}}};
  }
  if (!seen.host) return {};
  std::vector<Remedy> remedies;
  // A target that tells whose it is and is no other name's.
  const auto target = Name::parse(seen.challenge.parent().text() + seen.host->apex.text());
  if (target && !seen.host->apex.is_root()) {
    remedies.push_back(
        {"delegate it by CNAME", seen.zone.apex, removed, {{seen.challenge, "CNAME", target->text()}}});
  }
  remedies.push_back({"or by NS, after: assay zone create " + seen.challenge.text() + " --name-server " +
                          seen.host->name_server.text(),
                      seen.zone.apex,
                      removed,
                      {{seen.challenge, "NS", seen.host->name_server.text()}}});
  return remedies;
}

Findings check_parent(const ParentSeen& seen) {
  const Pointer pointer = pointer_of(seen);
  return {check_servers(seen), check_agreement(seen), check_pointer(seen, pointer), check_path(seen, pointer),
          check_target(seen, pointer)};
}

}  // namespace validator::doctor
