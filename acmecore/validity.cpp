#include "acmecore/validity.h"

#include <algorithm>

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::chrono::seconds;

namespace {

// An hour ago, but never before the issuer, which may have been made just now.
Time first_second(Time now, const Validity& issuer) {
  return std::max<Time>(std::chrono::floor<seconds>(now) - kBackdate, issuer.not_before);
}

}  // namespace

Result<Validity> leaf_validity(Time now, seconds lifetime, const Validity& issuer) {
  if (lifetime < kLeafLifetimeMin)
    return fail(ErrorKind::internal, "the lifetime of leaves is below two hours");
  const Time not_before = first_second(now, issuer);
  const Time not_after = std::min<Time>(not_before + lifetime - seconds(1), issuer.not_after);
  if (not_after < not_before + kLeafLifetimeMin - seconds(1)) {
    return fail(ErrorKind::internal, "the issuing CA ends at " + base::rfc3339(issuer.not_after) +
                                         ", too soon to issue: it must be replaced");
  }
  return Validity{not_before, not_after};
}

namespace {

Result<void> check_bounds(const char* member, Time time, Time earliest, Time latest) {
  if (earliest > latest) {
    return fail(ErrorKind::malformed, "no certificate can be issued whose \"" + std::string(member) +
                                          "\" is " + base::rfc3339(time) + ": it could not last two hours");
  }
  if (time >= earliest && time <= latest) return {};
  return fail(ErrorKind::malformed, "\"" + std::string(member) + "\" is " + base::rfc3339(time) +
                                        "; it has to be from " + base::rfc3339(earliest) + " to " +
                                        base::rfc3339(latest));
}

Result<void> check_whole_seconds(const char* member, const std::optional<Time>& time) {
  if (!time || std::chrono::floor<seconds>(*time) == *time) return {};
  return fail(ErrorKind::malformed, "\"" + std::string(member) + "\" is " + base::rfc3339(*time) +
                                        "; a certificate knows whole seconds only");
}

}  // namespace

ValidityRule capped(ValidityRule rule, std::optional<seconds> lifetime_max) {
  if (!lifetime_max) return rule;
  rule.lifetime = std::min(rule.lifetime, *lifetime_max);
  rule.lifetime_max = std::min(rule.lifetime_max, *lifetime_max);
  return rule;
}

Result<Validity> leaf_validity(Time now, const RequestedValidity& requested, const ValidityRule& rule,
                               seconds backdate, const Validity& issuer) {
  if (requested.empty()) return leaf_validity(now, rule.lifetime, issuer);
  CHECK(check_whole_seconds("notBefore", requested.not_before));
  CHECK(check_whole_seconds("notAfter", requested.not_after));
  const Time today = std::chrono::floor<seconds>(now);
  const Time not_before = requested.not_before.value_or(first_second(now, issuer));
  const Time latest_begin =
      std::min<Time>(today + rule.ahead_max, issuer.not_after - kLeafLifetimeMin + seconds(1));
  const Time earliest_begin = std::max<Time>(today - backdate, issuer.not_before);
  CHECK(check_bounds("notBefore", not_before, earliest_begin, latest_begin));

  const seconds lifetime_max = std::max(rule.lifetime, rule.lifetime_max);
  const Time latest_end = std::min<Time>(not_before + lifetime_max - seconds(1), issuer.not_after);
  const Time earliest_end = std::max<Time>(not_before + kLeafLifetimeMin - seconds(1), today + seconds(1));
  const Time not_after =
      requested.not_after.value_or(std::min<Time>(not_before + rule.lifetime - seconds(1), issuer.not_after));
  CHECK(check_bounds("notAfter", not_after, earliest_end, latest_end));
  return Validity{not_before, not_after};
}

bool due_for_renewal(const Validity& validity, Time now) {
  return now >= validity.not_before + (validity.not_after - validity.not_before) * 2 / 3;
}

}  // namespace acmecore
