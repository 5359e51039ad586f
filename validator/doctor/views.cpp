#include "validator/doctor/views.h"

#include <algorithm>

namespace validator::doctor {

using base::Name;

namespace {

constexpr uint16_t kDnsPort = 53;
// "_" and ten characters (draft-ietf-acme-dns-account-label).
constexpr size_t kAccountLabelSize = 12;

// The names that a resolver was led over, without regard to order.
std::vector<Name> path_of(const Response& response, const Name& challenge) {
  std::vector<Name> path{challenge};
  for (const Record& record : response.answer) {
    auto target =
        record.type == kCname ? Name::from_wire(record.rdata) : base::fail(base::ErrorKind::dns, "");
    if (target) path.push_back(*std::move(target));
  }
  std::ranges::sort(path);
  return path;
}

// The same path and the same kind of end. Values change while we look, and negative answers may be cached.
bool agrees(const Lookup& walk, const Reply& reply, const Name& challenge) {
  const bool says = reply.has_rcode(kNoerror) || reply.has_rcode(kNxdomain);
  const bool walk_says = walk.outcome != Outcome::servfail && walk.outcome != Outcome::timeout;
  if (!says || !walk_says) return says == walk_says;
  std::vector<Name> path = walk.path;
  std::ranges::sort(path);
  return path_of(*reply.response, challenge) == path &&
         reply.has_rcode(kNxdomain) == (walk.outcome == Outcome::nxdomain);
}

Finding check_resolvers(const ViewsSeen& seen) {
  const std::string id = "views.resolvers";
  if (seen.resolvers.empty())
    return skipped(id, "No resolver is known to compare with: name one with --resolver.");
  if (!seen.walk) return skipped(id, "The validator could not ask.");
  std::vector<std::string> others;
  for (const ResolverView& view : seen.resolvers) {
    if (!agrees(*seen.walk, view.txt, seen.challenge))
      others.push_back(view.resolver.text() + ": " + said(view.txt));
  }
  if (others.empty()) return ok(id, "The resolvers that this host uses see what a walk from the top sees.");
  return warning(id,
                 "Resolvers see something else than a walk from the top does (" +
                     std::string(name_of(seen.walk->outcome)) +
                     "), by split horizon or from a cache: " + joined(others) +
                     ". Clients that check for themselves want to be told, such as cert-manager with "
                     "--dns01-recursive-nameservers-only --dns01-recursive-nameservers=ADDRESS:53, lego with "
                     "--dns.resolvers ADDRESS:53.");
}

Finding check_names(const ViewsSeen& seen) {
  const std::string id = "views.names";
  const size_t size = seen.challenge.wire().size() - 1;
  if (size + kAccountLabelSize > base::kNameSizeMax - 1) {
    return warning(id, "The name of the challenge has " + std::to_string(size) +
                           " octets, so dns-account-01, which puts a label in front, does not fit into 253.");
  }
  if (seen.by_cname) {
    return ok(id, seen.challenge.text() +
                      " fits. A CNAME leads this name alone: the labels of dns-account-01 below it, and "
                      "_validation-persist beside it, want records of their own.");
  }
  return ok(id, seen.challenge.text() + " fits, with the labels of dns-account-01 below it.");
}

Finding check_port(const ViewsSeen& seen) {
  const std::string id = "views.port";
  const bool has_53 = std::ranges::any_of(seen.listeners, [](const auto& at) { return at.port == kDnsPort; });
  if (seen.listeners.empty()) return skipped(id, "This server answers no DNS.");
  if (has_53) return ok(id, "This server listens on port 53.");
  const std::string other =
      seen.port_53_holder.empty()
          ? "If another program has it (`ss -lunp sport = 53`; often systemd-resolved), "
          : "It is taken by " + seen.port_53_holder + ": ";
  return warning(id, "This server listens at " + seen.listeners.front().text() +
                         ", and resolvers ask port 53. " + other +
                         "listen at the address of the outside interface (dns.listen).");
}

// A certificate that is renewed by way of this server must be renewed while this server can be reached.
bool is_renewed_here(const ViewsSeen& seen, const ApiCertificate& certificate) {
  return std::ranges::any_of(certificate.names, [&](const Name& name) {
    return std::ranges::find(seen.published_here, name) != seen.published_here.end();
  });
}

Finding check_api_certificate(const ViewsSeen& seen, const ApiCertificate& certificate) {
  const std::string id = "views.api_certificate";
  const std::string what = "The certificate of the " + certificate.door + " door ";
  const std::string until = what + "is good until " + base::rfc3339(certificate.expires);
  if (certificate.expires <= seen.now) {
    return failure(id, what + "expired at " + base::rfc3339(certificate.expires) +
                           ", so no client can publish there. Put a new one in its place and send SIGHUP.");
  }
  if (certificate.from_own_ca) return ok(id, until + ", and this server's own CA renews it without DNS.");
  if (is_renewed_here(seen, certificate)) {
    return warning(id,
                   until +
                       ", and its own renewal is published here: once it has expired, it locks its renewal "
                       "out. Let this server's CA issue it, or watch its expiry.");
  }
  if (certificate.expires - seen.now < kApiCertificateSoon)
    return warning(id, until + ": renew it before, and send SIGHUP.");
  return ok(id, until + ".");
}

// The worst of them.
Finding check_api_certificates(const ViewsSeen& seen) {
  Finding worst = skipped("views.api_certificate", "No certificate of a door could be read.");
  for (const ApiCertificate& certificate : seen.api_certificates) {
    Finding found = check_api_certificate(seen, certificate);
    const bool is_first = &certificate == &seen.api_certificates.front();
    if (is_first || found.grade > worst.grade) worst = std::move(found);
  }
  return worst;
}

}  // namespace

Findings check_views(const ViewsSeen& seen) {
  return {check_resolvers(seen), check_names(seen), check_port(seen), check_api_certificates(seen)};
}

}  // namespace validator::doctor
