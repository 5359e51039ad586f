#include "validator/doctor/write_path.h"

#include <algorithm>

#include "validator/resolver.h"

namespace validator::doctor {

using base::Name;
using base::Result;

namespace {

std::string ms_text(std::chrono::milliseconds duration) { return std::to_string(duration.count()) + " ms"; }

std::vector<std::string> told(const std::vector<Served>& servers, bool serving) {
  std::vector<std::string> parts;
  for (const Served& server : servers) {
    if (server.serves == serving) parts.push_back(server.at.text() + ": " + server.said);
  }
  return parts;
}

Finding check_credential(const CanarySeen& canary) {
  const std::string id = "write.credential";
  if (canary.presented) {
    return ok(id,
              "The credential \"" + canary.caller.name + "\" may publish at " + canary.owner.text() + ".");
  }
  return failure(id, "The credential \"" + canary.caller.name + "\" cannot publish at " +
                         canary.owner.text() + ": " + canary.presented.error().detail + ".");
}

Finding check_propagation(const CanarySeen& canary) {
  const std::string id = "write.propagation";
  if (!canary.presented) return skipped(id, "Nothing was published.");
  if (canary.first.empty())
    return failure(id, "The value was published, and no name server has an address to see it at.");
  const auto stale = told(canary.first, false);
  if (!stale.empty()) {
    return failure(id, "A value was published " + ms_text(canary.everywhere_after) +
                           " ago, and not every address serves it: " + joined(stale) + ".");
  }
  return ok(id, "A value was served by all " + std::to_string(canary.first.size()) + " address(es) after " +
                    ms_text(canary.everywhere_after) + ".");
}

Finding check_two_values(const CanarySeen& canary) {
  const std::string id = "write.two_values";
  if (!canary.presented || canary.first.empty()) return skipped(id, "Nothing was published.");
  std::vector<std::string> evicted;
  for (size_t i = 0; i < canary.first.size() && i < canary.second.size(); ++i) {
    if (canary.first[i].serves != canary.second[i].serves)
      evicted.push_back(canary.first[i].at.text() + ": " + canary.second[i].said);
  }
  if (!evicted.empty()) {
    return failure(
        id, "Two values do not stand side by side, which a certificate for a name and its wildcard needs: " +
                joined(evicted) + ".");
  }
  if (!told(canary.first, false).empty()) return skipped(id, "Not every address serves even one.");
  return ok(id, "Two values stand side by side, as a name and its wildcard need.");
}

Finding check_removal(const CanarySeen& canary) {
  const std::string id = "write.removal";
  if (!canary.presented) return skipped(id, "Nothing was published.");
  if (!canary.removed) {
    return failure(id, "The values could not be removed (they expire by themselves): " +
                           canary.removed.error().detail + ".");
  }
  const auto left = told(canary.left, true);
  if (!left.empty()) {
    return warning(id, "The values were removed " + ms_text(canary.gone_after) +
                           " ago, and are still served: " + joined(left) + ".");
  }
  return ok(id, "The values were gone everywhere after " + ms_text(canary.gone_after) + ".");
}

tl::unexpected<base::Error> stopped(const Name& name, const std::string& what) {
  return base::fail(base::ErrorKind::not_found, name.text() + " SOA got " + what);
}

bool has_soa_of(const Reply& reply, const Name& name) {
  return reply.has_rcode(kNoerror) && !Response::find(reply.response->answer, name, kSoa).empty();
}

Finding discovery_finding(const DiscoverySeen& seen, const std::string& client, const Result<Name>& zone,
                          const std::string& advice) {
  const std::string id = "write.discovery." + client;
  if (zone)
    return ok(id,
              client + " finds the zone " + zone->text() + " for " + seen.challenge.text() + " by itself.");
  return warning(id, client + ", pointed at " + seen.server + " by RFC 2136, does not find a zone for " +
                         seen.challenge.text() + " (" + zone.error().detail + "): " + advice);
}

}  // namespace

// It asks over TCP, then UDP, and takes only what has authority; anything else sends it up one label.
Result<Name> zone_for_certbot(const DiscoverySeen& seen) {
  for (const SoaAsked& asked : seen.climb) {
    for (const Reply* reply : {&asked.tcp, &asked.udp}) {
      if (!reply->answered()) return stopped(asked.name, reply->why);
      if (has_soa_of(*reply, asked.name) && reply->response->authoritative) return asked.name;
    }
  }
  return base::fail(base::ErrorKind::not_found, "no name up to the top has a SOA here");
}

// NXDOMAIN and NODATA send it up one label, any other code stops it (lego#1867).
Result<Name> zone_for_lego(const DiscoverySeen& seen) {
  for (const SoaAsked& asked : seen.climb) {
    if (has_soa_of(asked.udp, asked.name)) return asked.name;
    if (!asked.udp.has_rcode(kNoerror) && !asked.udp.has_rcode(kNxdomain))
      return stopped(asked.name, said(asked.udp));
  }
  return base::fail(base::ErrorKind::not_found, "no name up to the top has a SOA here");
}

// It asks once and takes the SOA of a denial, too.
Result<Name> zone_for_nsupdate(const DiscoverySeen& seen) {
  if (seen.climb.empty()) return base::fail(base::ErrorKind::not_found, "nothing was asked");
  const SoaAsked& first = seen.climb.front();
  if (first.udp.has_rcode(kNoerror) || first.udp.has_rcode(kNxdomain)) {
    for (const auto* section : {&first.udp.response->answer, &first.udp.response->authority}) {
      if (const Record* soa = Response::first(*section, kSoa)) return soa->owner;
    }
  }
  return stopped(first.name, said(first.udp));
}

Findings check_write_path(const WritePathSeen& seen) {
  Findings findings;
  if (seen.canary) {
    for (const auto check : {check_credential, check_propagation, check_two_values, check_removal})
      findings.push_back(check(*seen.canary));
  } else {
    findings.push_back(
        skipped("write.credential", "No zone of this server holds the name, so nothing can be published."));
  }
  if (!seen.discovery) return findings;
  const DiscoverySeen& discovery = *seen.discovery;
  const std::string follow =
      "let it write where the CNAME leads, or use the acme-dns, httpreq or gRPC door, which need no zone.";
  findings.push_back(discovery_finding(discovery, "certbot", zone_for_certbot(discovery), follow));
  findings.push_back(discovery_finding(discovery, "lego", zone_for_lego(discovery), follow));
  findings.push_back(discovery_finding(discovery, "cert-manager", zone_for_lego(discovery),
                                       "set cnameStrategy: Follow, or " + follow));
  findings.push_back(discovery_finding(discovery, "nsupdate", zone_for_nsupdate(discovery),
                                       "name the zone in its script (zone …), or " + follow));
  return findings;
}

}  // namespace validator::doctor
