#include "validator/doctor/caa_policy.h"

#include <algorithm>

#include "validator/caa.h"

namespace validator::doctor {

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
  for (const auto& [at, reply] : seen.at_zone) {
    if (!reply.has_rcode(kNoerror) && !reply.has_rcode(kNxdomain))
      wrong.push_back(at.text() + ": " + said(reply));
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
  for (const Caa& caa : relevant) {
    std::string value;
    for (const char c : caa.value)
      value += c >= 0x20 && c < 0x7f ? c : '?';
    parts.push_back(caa.tag + " \"" + value + "\"");
  }
  return joined(parts, ", ");
}

bool names_an_account(const std::vector<Caa>& relevant) {
  return std::ranges::any_of(relevant, [](const Caa& caa) {
    return caa.tag.starts_with("issue") && !parse_caa_issuer(caa.value).parameter("accounturi").empty();
  });
}

Finding check_policy(const CaaSeen& seen) {
  const std::string id = "caa.policy";
  if (!std::ranges::all_of(seen.climb, is_usable)) return skipped(id, "What CAA says could not be read.");
  const Lookup* lookup = relevant_of(seen);
  if (lookup == nullptr) {
    return ok(id, "No CAA stands between " + seen.identifier.text() +
                      " and its top: every CA may issue. An issue property with accounturi (RFC 8657) would "
                      "name yours.");
  }
  std::vector<Caa> relevant;
  for (const base::Bytes& rdata : lookup->rdata) {
    auto caa = parse_caa(rdata);
    if (!caa)
      return failure(id, "CAA at " + lookup->path.back().text() + " holds " + caa.error().detail + ".");
    relevant.push_back(*std::move(caa));
  }
  const std::string at = "CAA at " + lookup->path.back().text() + " (" + shown(relevant) + ")";
  if (seen.issuers.empty()) return skipped(id, at + " was compared with no CA: say which one with --issuer.");
  for (const std::string& issuer : seen.issuers) {
    if (!permits(relevant, {.issuer = issuer, .wildcard = seen.wildcard})) continue;
    return ok(id, at + " lets " + issuer + " issue" + (seen.wildcard ? " for a wildcard" : "") +
                      " after dns-01" +
                      (names_an_account(relevant) ? ", for the accounts that it names." : "."));
  }
  const WantedRecord record{
      lookup->path.back(), "CAA",
      std::string("0 ") + (seen.wildcard ? "issuewild" : "issue") + " \"" + seen.issuers.front() + "\""};
  return failure(id,
                 at + " does not let " + joined(seen.issuers, " or ") + " issue" +
                     (seen.wildcard ? " for a wildcard" : "") + " after dns-01.",
                 {{"let it", seen.zone, {}, {record}}});
}

}  // namespace

Findings check_caa(const CaaSeen& seen) { return {check_climb(seen), check_policy(seen)}; }

}  // namespace validator::doctor
