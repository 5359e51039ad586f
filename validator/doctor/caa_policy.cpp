#include "validator/doctor/caa_policy.h"

#include <algorithm>

#include "validator/caa.h"
#include "validator/txt.h"

namespace validator::doctor {

using base::Name;

namespace {

bool is_usable(const Lookup& lookup) {
  const auto outcome = lookup.outcome;
  return outcome != Outcome::servfail && outcome != Outcome::timeout && lookup.security != Security::bogus;
}

Finding check_climb(const CaaSeen& seen) {
  const std::string id = "caa.climb";
  std::vector<std::string> wrong;
  for (const Lookup& lookup : seen.climb) {
    if (!is_usable(lookup)) {
      wrong.push_back(lookup.name.text() + " got " + std::string(name_of(lookup.outcome)) +
                      (lookup.why.empty() ? "" : " (" + lookup.why + ")"));
    }
  }
  for (const CaaAsked& asked : seen.at_zone) {
    if (!asked.reply.has_rcode(kNoerror) && !asked.reply.has_rcode(kNxdomain))
      wrong.push_back(asked.name.text() + " at " + asked.at.text() + " got " + said(asked.reply));
  }
  if (!wrong.empty()) {
    return failure(id, "CAA cannot be looked up everywhere from " + seen.identifier.text() +
                           " to its top, and a CA takes that for a no: " + joined(wrong) + ".");
  }
  return ok(id, "CAA is answered from " + seen.identifier.text() + " up to its top, by every server of " +
                    seen.zone.text() + ".");
}

// The closest RRset, that of the target where a name is an alias (RFC 8659 §3).
const Lookup* relevant_of(const CaaSeen& seen) {
  const auto found = std::ranges::find(seen.climb, Outcome::noerror, &Lookup::outcome);
  return found != seen.climb.end() ? &*found : nullptr;
}

std::string shown(const std::vector<Caa>& relevant) {
  std::vector<std::string> parts;
  for (const Caa& caa : relevant)
    parts.push_back(caa.tag + " " + validator::shown(caa.value));
  return joined(parts, ", ");
}

// The relevant RRset, and where it stands.
struct Policy {
  const Lookup* lookup = nullptr;  // null: there is none
  std::vector<Caa> relevant = {};

  std::string text() const { return "CAA at " + lookup->path.back().text() + " (" + shown(relevant) + ")"; }
};

// The error says what keeps it from being read.
base::Result<Policy> read_policy(const CaaSeen& seen) {
  if (!std::ranges::all_of(seen.climb, is_usable))
    return base::fail(base::ErrorKind::dns, "What CAA says could not be read");
  Policy policy{relevant_of(seen)};
  if (policy.lookup == nullptr) return policy;
  for (const base::Bytes& rdata : policy.lookup->rdata) {
    auto caa = parse_caa(rdata);
    if (!caa)
      return base::fail(base::ErrorKind::malformed,
                        "CAA at " + policy.lookup->path.back().text() + " holds " + caa.error().detail);
    policy.relevant.push_back(*std::move(caa));
  }
  return policy;
}

// `wanted` put beside the records that count, which stay but for those of `gone`. Where these stand in a zone of
// others, the identifier gets an RRset of its own; none where it is an alias.
std::vector<Remedy> remedies_of(const CaaSeen& seen, const Policy& policy, const std::string& title,
                                const Caa& wanted, const std::vector<Caa>& gone) {
  const Name owner = policy.lookup != nullptr ? policy.lookup->path.back() : seen.identifier;
  if (owner.is_under(seen.zone)) {
    Remedy remedy{title, seen.zone, {}, {{owner, "CAA", caa_presentation(wanted)}}, {}};
    for (const Caa& caa : policy.relevant) {
      auto& list = std::ranges::find(gone, caa) != gone.end() ? remedy.remove : remedy.keep;
      list.push_back({owner, "CAA", caa_presentation(caa)});
    }
    return {remedy};
  }
  const bool is_alias = !seen.climb.empty() && seen.climb.front().path.size() > 1;
  if (is_alias) return {};
  return {{title, seen.zone, {}, {{seen.identifier, "CAA", caa_presentation(wanted)}}, {}}};
}

std::string issue_tag(const CaaSeen& seen) { return seen.wildcard ? "issuewild" : "issue"; }
std::string for_what(const CaaSeen& seen) { return seen.wildcard ? " for a wildcard" : ""; }

// The name of the CA that may issue; empty: none may.
std::string permitted_by(const CaaSeen& seen, const Policy& policy) {
  const auto found = std::ranges::find_if(seen.issuers, [&](const std::string& issuer) {
    return permits(policy.relevant, {.issuer = issuer, .wildcard = seen.wildcard});
  });
  return found != seen.issuers.end() ? *found : "";
}

Finding check_policy(const CaaSeen& seen) {
  const std::string id = "caa.policy";
  const auto policy = read_policy(seen);
  if (!policy && policy.error().kind == base::ErrorKind::dns) return skipped(id, policy.error().detail + ".");
  if (!policy) return failure(id, policy.error().detail + ".");
  if (policy->lookup == nullptr) {
    return ok(id, "No CAA stands between " + seen.identifier.text() + " and its top: every CA may issue.");
  }
  if (seen.issuers.empty())
    return skipped(id, policy->text() + " was compared with no CA: say which one with --issuer.");
  const std::string issuer = permitted_by(seen, *policy);
  if (!issuer.empty())
    return ok(id, policy->text() + " lets " + issuer + " issue" + for_what(seen) + " after dns-01.");
  const Caa wanted{false, issue_tag(seen), seen.issuers.front()};
  // A critical property that is not known lets nobody, whatever stands beside it.
  std::vector<Caa> cured = policy->relevant;
  cured.push_back(wanted);
  const bool helps = permits(cured, {.issuer = wanted.value, .wildcard = seen.wildcard});
  return failure(id,
                 policy->text() + " does not let " + joined(seen.issuers, " or ") + " issue" +
                     for_what(seen) + " after dns-01.",
                 helps ? remedies_of(seen, *policy, "let it", wanted, {}) : std::vector<Remedy>());
}

// Those that let the issuer, or, where none is known, anybody.
std::vector<Caa> properties_of(const CaaSeen& seen, const Policy& policy, const std::string& issuer) {
  if (!issuer.empty()) return properties_for(policy.relevant, {.issuer = issuer, .wildcard = seen.wildcard});
  std::vector<Caa> properties;
  std::ranges::copy_if(policy.relevant, std::back_inserter(properties), [](const Caa& caa) {
    return caa.tag.starts_with("issue") && !parse_caa_issuer(caa.value).domain.empty();
  });
  return properties;
}

// Whoever comes to write a delegated name has certificates for it with an account of his own, but for accounturi.
Finding check_account(const CaaSeen& seen) {
  const std::string id = "caa.account";
  const auto policy = read_policy(seen);
  if (!policy) return skipped(id, policy.error().detail + ".");
  const std::string issuer = permitted_by(seen, *policy);
  if (issuer.empty() && !seen.issuers.empty()) return skipped(id, "CAA lets none of the CAs issue.");
  const std::string whose = issuer.empty() ? "every CA that may issue" : issuer;
  std::vector<Caa> open;
  std::vector<std::string> accounts;
  for (const Caa& caa : properties_of(seen, *policy, issuer)) {
    std::string account(parse_caa_issuer(caa.value).parameter("accounturi"));
    if (account.empty()) {
      open.push_back(caa);
    } else {
      accounts.push_back(std::move(account));
    }
  }
  const Caa wanted{false, issue_tag(seen),
                   issuer + "; accounturi=" + seen.account + "; validationmethods=dns-01"};
  const auto remedies = [&](const std::string& title) {
    // An issue property that lets a wildcard, too, stays for the other names.
    std::erase_if(open, [&](const Caa& caa) { return caa.tag != wanted.tag; });
    const bool is_known = !seen.account.empty() && !issuer.empty();
    return is_known ? remedies_of(seen, *policy, title, wanted, open) : std::vector<Remedy>();
  };
  const bool everybody = !open.empty() || accounts.empty();
  if (everybody) {
    return warning(
        id,
        "Every account of " + issuer + " may have certificates for " + seen.identifier.text() +
            ", and so may whoever comes to write the delegated name. CAA with accounturi (RFC 8657) "
            "names the account that may" +
            (seen.account.empty() ? ": say which one with --issuer and --account." : "."),
        remedies("let that account alone"));
  }
  const std::string only = "CAA lets no account of " + whose + " but " + joined(accounts, ", ");
  if (seen.account.empty()) return ok(id, only + ".");
  if (std::ranges::find(accounts, seen.account) != accounts.end())
    return ok(id, only + ", which is the one.");
  return failure(id, only + ", and not " + seen.account + ".", remedies("let it, too"));
}

}  // namespace

Findings check_caa(const CaaSeen& seen) {
  return {check_climb(seen), check_policy(seen), check_account(seen)};
}

}  // namespace validator::doctor
