#include "app/public_trust.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "acmecore/records.h"
#include "app/revocation_role.h"
#include "base/quantity.h"

namespace app {

using acmecore::BrViolation;
using acmecore::Profile;
using acmecore::ProfileRules;
using base::duration_text;
using base::Time;
using std::chrono::days;
using std::chrono::seconds;

namespace {

using Violations = std::vector<BrViolation>;

// A CRL where not all certificates name an OCSP responder (BR 4.9.7), and an OCSP response (BR 4.9.10). Where all do, a
// CRL may be 7 days old, which is more than half of the longest life.
constexpr days kStatusAgeMax(4);

// What is known of a certificate is kept for two years after its end (BR 5.4.3), beginning with what proved its names.
// Certificates are (acmecore::kPublicRetention); the audit log forgets by the age of its entries.
void look_at_retention(const base::Config& config, const Profile& profile, Violations& found) {
  const auto proof = config.acme.authorization_lifetime;
  const auto life =
      std::max(profile.validity.lifetime, profile.validity.lifetime_max) + profile.validity.ahead_max;
  const auto least = proof + life + acmecore::kPublicRetention;
  if (config.audit.retention >= least) return;
  found.push_back({"5.4.3", "audit.retention is " + duration_text(config.audit.retention) + ", where " +
                                duration_text(least) + " are the least: " + duration_text(proof) +
                                " that a proof of a name is used for, " + duration_text(life) +
                                " until the certificate ends, and two years"});
}

bool offers(const base::AcmeDirectory& directory, const Profile& profile) {
  return directory.profiles.empty() || std::ranges::count(directory.profiles, profile.name) > 0;
}

// Adds the places in policy.subscribers of the rules that an account of `directory` may have: of several that fit the
// first one counts, and an account or an external account key may be of any directory. Behind the last place are the
// rules for all.
void add_places(const base::Config::Policy& policy, std::string_view directory, std::set<size_t>& places) {
  for (size_t place = 0; place < policy.subscribers.size(); ++place) {
    const auto& own = policy.subscribers[place];
    const bool fits_all = std::ranges::count(own.directories, directory) > 0;
    if (fits_all || !own.accounts.empty() || !own.external_accounts.empty()) places.insert(place);
    if (fits_all) return;
  }
  places.insert(policy.subscribers.size());
}

// `whose`: for sentences, such as " for them".
void look_at_rules(const base::SubscriberRules& rules, const Profile& profile, const std::string& whose,
                   Violations& found) {
  if (rules.internal_names)
    found.push_back(
        {"7.1.2.7.12", "policy.internal_names is true" + whose + ", so that internal names are certified"});
  if (rules.reverse_names)
    found.push_back({"4.2.2", "policy.reverse_names is true" + whose +
                                  ", so that names of the reverse mapping are certified"});
  if (rules.wildcards && profile.wildcards && rules.public_suffixes == base::PublicSuffixRule::certified) {
    found.push_back({"3.2.2.6", "policy.public_suffixes is \"certified\"" + whose +
                                    ", so that wildcards below public suffixes are"});
  }
}

// What the policy lets pass that no publicly trusted certificate may name, for whoever can order by the profile.
void look_at_policy(const base::Config& config, const Profile& profile, Violations& found) {
  const base::Config::Policy& policy = config.policy;
  std::set<size_t> places;
  for (const base::AcmeDirectory& directory : config.acme.directories) {
    if (offers(directory, profile)) add_places(policy, directory.name, places);
  }
  // What the preset offers is also for accounts of gRPC credentials, which are of the default directory, and for those
  // of directories that are not there any more.
  if (offers(config.acme.preset, profile)) {
    for (const std::string_view directory : {base::kDefaultDirectory, std::string_view()})
      add_places(policy, directory, places);
  }
  for (const size_t place : places) {
    if (place == policy.subscribers.size()) {
      look_at_rules(policy, profile, "", found);
    } else {
      const std::string whose = " for those of [[policy.subscribers]] number " + std::to_string(place + 1);
      look_at_rules(policy.subscribers[place], profile, whose, found);
    }
  }
}

// acme.authorization_reuse adds nothing: what has ended is not used again.
void look_at_proofs(const base::Config& config, const Profile& profile, Time now, Violations& found) {
  const seconds limit = acmecore::proof_age_limit(now);
  const seconds proof = config.acme.authorization_lifetime;
  if (proof > limit) {
    found.push_back({"4.2.1", "acme.authorization_lifetime is " + duration_text(proof) + ", where " +
                                  duration_text(limit) + " are the most"});
  }
  auto directories = config.acme.directories;
  if (directories.empty()) directories.push_back(config.acme.preset);
  for (const base::AcmeDirectory& directory : directories) {
    const seconds renewed = directory.auto_renewal.max_duration;
    if (renewed == seconds(0) || proof + renewed <= limit || !offers(directory, profile)) continue;
    found.push_back({"4.2.1", "orders of the directory \"" + directory.name +
                                  "\" renew themselves for up to " + duration_text(renewed) +
                                  " by proofs that may be " + duration_text(proof) +
                                  " old by then, where together " + duration_text(limit) + " are the most"});
  }
}

// What is made again when half of its life has passed.
void look_at_age(seconds lifetime, const char* setting, const char* section, Violations& found) {
  if (lifetime / 2 <= kStatusAgeMax) return;
  found.push_back({section, std::string(setting) + " is " + duration_text(lifetime) + ", where " +
                                duration_text(2 * kStatusAgeMax) +
                                " are the most: it is made again after half of that"});
}

void look_at_status(const base::Config& config, const Profile& profile, Violations& found) {
  if (!publishes_status(config)) return;
  const base::Config::Revocation& revocation = config.revocation;
  if (revocation.external_url.empty()) {
    found.push_back({"7.1.2.11.2",
                     "revocation.external_url is not set, so that certificates name http://localhost, "
                     "where nobody finds what they need"});
  }
  if (profile.content.rules == ProfileRules::short_lived) return;
  if (profile.content.ocsp_url.empty())
    look_at_age(revocation.crl.lifetime, "revocation.crl.lifetime", "4.9.7", found);
  if (revocation.ocsp.enabled)
    look_at_age(revocation.ocsp.lifetime, "revocation.ocsp.lifetime", "4.9.10", found);
}

}  // namespace

Violations surrounding_violations(const base::Config& config, const Profile& profile, Time now) {
  Violations found;
  look_at_retention(config, profile, found);
  look_at_proofs(config, profile, now, found);
  look_at_status(config, profile, found);
  look_at_policy(config, profile, found);
  return found;
}

}  // namespace app
