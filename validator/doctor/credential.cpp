#include "validator/doctor/credential.h"

#include <algorithm>

namespace validator::doctor {

namespace {

std::string update_command(const Registration& registration, const std::string& options) {
  return "assay credential update " + registration.id + " " + options;
}

Finding check_state(const Registration& registration, base::Time now) {
  const std::string id = "credential.state";
  const std::string who = "The credential " + registration.id;
  if (registration.disabled) {
    return failure(id, who + " is disabled: " + update_command(registration, "--enable") + ".");
  }
  if (!registration.expires) return ok(id, who + " is good, and does not expire.");
  const std::string time = base::rfc3339(*registration.expires);
  const std::string renew = update_command(registration, "--expires TIME");
  if (*registration.expires <= now) return failure(id, who + " expired at " + time + ": " + renew + ".");
  if (*registration.expires - now < kCredentialSoon) {
    return warning(id, who + " expires at " + time + ", and then nothing is renewed: " + renew + ".");
  }
  return ok(id, who + " is good until " + time + ".");
}

Finding check_scope(const CredentialSeen& seen, const Registration& registration) {
  const std::string id = "credential.scope";
  const std::string owner = seen.owner.text();
  if (registration.may_write) return ok(id, "Its scopes hold " + owner + ".");
  const std::string command = update_command(registration, "--name " + owner);
  std::string other =
      registration.names.empty() ? "" : ", or lead the challenge to " + joined(registration.names);
  return failure(
      id, "Its scopes do not hold " + owner + ": " + command + " with the scopes that it has" + other + ".");
}

std::string joined_networks(const std::vector<base::IpNetwork>& networks) {
  std::vector<std::string> parts;
  for (const base::IpNetwork& network : networks)
    parts.push_back(network.text());
  return joined(parts, ", ");
}

Finding check_source(const CredentialSeen& seen, const Registration& registration) {
  const std::string id = "credential.source";
  if (registration.networks.empty()) return ok(id, "It may be used from anywhere.");
  const std::string only = joined_networks(registration.networks);
  if (!seen.client) {
    return skipped(id, "It may be used from " + only + ": say where its client is with --client ADDRESS.");
  }
  const std::string client = seen.client->text();
  const auto has_client = [&](const base::IpNetwork& network) { return network.contains(*seen.client); };
  if (std::ranges::any_of(registration.networks, has_client))
    return ok(id, "It may be used from " + client + ", which is in its networks (" + only + ").");
  return failure(id, "It may not be used from " + client + ", but from " + only +
                         " alone: " + update_command(registration, "--source " + client) +
                         " with the networks that it has.");
}

bool is_known_to_cert_manager(const std::string& algorithm) {
  return algorithm != "hmac-sha224" && algorithm != "hmac-sha384";
}

Finding check_keys(const Registration& registration) {
  const std::string id = "credential.keys";
  const std::string new_key = update_command(registration, "--tsig-key hmac-sha256:NAME");
  if (registration.key_algorithms.empty())
    return skipped(id, "It has no TSIG key, which clients of RFC 2136 want: " + new_key + ".");
  if (!registration.refused_algorithms.empty()) {
    return failure(id, "This server takes no updates that are signed with " +
                           joined(registration.refused_algorithms, ", ") +
                           " (update.allow_hmac_md5, update.allow_hmac_sha1): " + new_key + ".");
  }
  std::vector<std::string> rare;
  std::ranges::remove_copy_if(registration.key_algorithms, std::back_inserter(rare),
                              is_known_to_cert_manager);
  if (!rare.empty()) {
    return warning(id, "Certbot, lego and nsupdate know " + joined(rare, ", ") +
                           ", cert-manager does not: " + new_key + ".");
  }
  return ok(id, "Every client of RFC 2136 knows " + joined(registration.key_algorithms, ", ") + ".");
}

Finding check_clock(const CredentialSeen& seen) {
  const std::string id = "credential.clock";
  if (!seen.clock_ahead) return skipped(id, "What time it is at the client is not known.");
  const auto apart = std::chrono::abs(*seen.clock_ahead);
  const std::string told = "The clock of this command's host is " +
                           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(apart).count()) +
                           " s " + (seen.clock_ahead->count() < 0 ? "behind" : "ahead of") + " the server's";
  if (apart <= kClockGood) return ok(id, "The clocks of this command's host and of the server agree.");
  if (apart <= kFudge)
    return warning(id, told + ", and from " + std::to_string(kFudge.count()) + " s on TSIG is refused.");
  return failure(id, told + ": updates that it signs are refused with BADTIME. Set the time (NTP).");
}

Findings check_registered(const CredentialSeen& seen, const Registration& registration) {
  return {check_state(registration, seen.now), check_scope(seen, registration),
          check_source(seen, registration), check_keys(registration)};
}

}  // namespace

Findings check_credential(const CredentialSeen& seen) {
  Findings findings;
  if (!seen.registration) {
    findings = {
        ok("credential.state",
           "\"" + seen.id + "\" is a credential of the server's configuration, which does not expire."),
        ok("credential.scope", "It may write at every name of every zone."),
        ok("credential.source", "It may be used from anywhere."),
        skipped("credential.keys",
                "It has no TSIG key: credentials for clients of RFC 2136 are made with assay credential "
                "create.")};
  } else if (*seen.registration) {
    findings = check_registered(seen, **seen.registration);
  } else {
    findings = {failure("credential.state", "The credential " + seen.id + " cannot be looked at: " +
                                                seen.registration->error().detail + ".")};
  }
  findings.push_back(check_clock(seen));
  return findings;
}

}  // namespace validator::doctor
