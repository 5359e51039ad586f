#include "acmecore/auto_renewal.h"

#include <algorithm>
#include <string>

#include "base/quantity.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::chrono::seconds;

namespace {

// adjust_server is f * T with 0.5 <= f < 1 (§3.5). What it has over a half is the time for whoever issues to come by.
constexpr int64_t kAdjustNumerator = 3;
constexpr int64_t kAdjustDenominator = 5;

constexpr int64_t kRetriesALifetime = 20;

// More than any certificate lives, and little enough to be reckoned with.
constexpr int64_t kSecondsMax = int64_t{100} * 366 * 24 * 3600;

seconds adjust_server(seconds lifetime) {
  return seconds((lifetime.count() * kAdjustNumerator + kAdjustDenominator - 1) / kAdjustDenominator);
}

Time nominal_renewal_date(const AutoRenewal& renewal, uint64_t period) {
  return renewal.first + renewal.lifetime * int64_t(period);
}

Time due(const AutoRenewal& renewal, uint64_t period) {
  return nominal_renewal_date(renewal, period) - renewal.lifetime_adjust;
}

bool has_period(const AutoRenewal& renewal, uint64_t period) {
  return nominal_renewal_date(renewal, period) < renewal.end_date;
}

tl::unexpected<base::Error> refused(const std::string& why) {
  return fail(ErrorKind::malformed, "\"auto-renewal\": " + why);
}

Result<void> check_dates(const RequestedAutoRenewal& requested, const AutoRenewalRule& rule,
                         const ValidityRule& validity, Time now) {
  for (const Time time : {requested.start_date.value_or(requested.end_date), requested.end_date}) {
    if (std::chrono::floor<seconds>(time) != time)
      return refused("the date " + base::rfc3339(time) + " is not in whole seconds");
  }
  const Time today = std::chrono::floor<seconds>(now);
  const Time first = std::max<Time>(requested.start_date.value_or(today), today);
  if (first > today + validity.ahead_max) {
    return refused("\"start-date\" is " + base::rfc3339(first) + "; it has to be until " +
                   base::rfc3339(today + validity.ahead_max));
  }
  const Time latest = requested.start_date.value_or(today) + rule.max_duration;
  if (requested.end_date > latest || requested.end_date < first + seconds(requested.lifetime)) {
    return refused("\"end-date\" is " + base::rfc3339(requested.end_date) + "; it has to be from " +
                   base::rfc3339(first + seconds(requested.lifetime)) + ", a lifetime after the start, to " +
                   base::rfc3339(latest));
  }
  return {};
}

}  // namespace

Result<AutoRenewal> accept_auto_renewal(const RequestedAutoRenewal& requested, const AutoRenewalRule& rule,
                                        const ValidityRule& validity, Time now) {
  if (rule.is_off()) return refused("this directory has no certificates that renew themselves (RFC 8739)");
  if (requested.lifetime < 0 || requested.lifetime > kSecondsMax)
    return refused("\"lifetime\" is no lifetime");
  if (requested.lifetime_adjust < 0) return refused("\"lifetime-adjust\" is negative");
  AutoRenewal renewal;
  renewal.start_date = requested.start_date;
  renewal.end_date = requested.end_date;
  renewal.lifetime = seconds(requested.lifetime);
  const seconds adjust_client = std::min(renewal.lifetime, seconds(requested.lifetime_adjust));
  renewal.lifetime_adjust = std::max(adjust_client, adjust_server(renewal.lifetime));
  if (renewal.lifetime < rule.min_lifetime) {
    return refused("\"lifetime\" is " + std::to_string(requested.lifetime) + "; it has to be at least " +
                   std::to_string(rule.min_lifetime.count()));
  }
  const seconds lifetime_max = std::max(validity.lifetime, validity.lifetime_max);
  if (renewal.lifetime + renewal.lifetime_adjust >= lifetime_max) {  // both ends are a part of it
    return refused(
        "\"lifetime\" and what each certificate begins before it, which is at least three fifths of it, "
        "are " +
        base::duration_text(renewal.lifetime + renewal.lifetime_adjust) +
        " together; they have to be less than " + base::duration_text(lifetime_max));
  }
  CHECK(check_dates(requested, rule, validity, now));
  renewal.allow_certificate_get = requested.allow_certificate_get && rule.allow_certificate_get;
  return renewal;
}

Result<void> begin(AutoRenewal& renewal, Time proved_until, Time now) {
  const Time today = std::chrono::floor<seconds>(now);
  renewal.first = std::max<Time>(renewal.start_date.value_or(today), today);
  renewal.end_date = std::min<Time>(renewal.end_date, std::chrono::floor<seconds>(proved_until));
  renewal.period = 0;
  if (renewal.end_date >= renewal.first + kLeafLifetimeMin) return {};
  return refused("it ends at " + base::rfc3339(renewal.end_date) + ", too soon for a certificate");
}

std::optional<uint64_t> due_period(const AutoRenewal& renewal, Time now) {
  if (now >= renewal.end_date) return std::nullopt;
  const auto passed = now - due(renewal, 0);
  if (passed < seconds(0)) return std::nullopt;
  auto latest = uint64_t(passed / renewal.lifetime);
  while (latest > renewal.period && !has_period(renewal, latest))
    --latest;
  if (latest <= renewal.period) return std::nullopt;
  return latest;
}

std::optional<Time> next_due(const AutoRenewal& renewal) {
  const uint64_t next = renewal.period + 1;
  if (!has_period(renewal, next)) return std::nullopt;
  return due(renewal, next);
}

Validity validity_of(const AutoRenewal& renewal, Time now, const Validity& issuer) {
  const Time nominal = nominal_renewal_date(renewal, renewal.period);
  const Time earliest = std::max<Time>(std::chrono::floor<seconds>(now) - kBackdateMax, issuer.not_before);
  Time not_before = std::max<Time>(nominal - renewal.lifetime_adjust, earliest);
  if (renewal.start_date) not_before = std::max(not_before, *renewal.start_date);
  return {not_before, std::min<Time>(nominal + renewal.lifetime, renewal.end_date)};
}

seconds retry_interval(const AutoRenewal& renewal) { return renewal.lifetime / kRetriesALifetime; }

}  // namespace acmecore
