#include "acmecore/retries.h"

#include <algorithm>
#include <utility>

namespace acmecore {

using base::Error;
using base::Suberror;
using base::Time;

namespace {

template <class T>
void keep_newest(std::vector<T>& all) {
  if (all.size() > kFailuresKeptMax) all.erase(all.begin(), all.end() - kFailuresKeptMax);
}

std::vector<Suberror> failures_of(const Error& error, const std::string& identifier) {
  if (!error.suberrors.empty()) return error.suberrors;
  return {Suberror{error.kind, error.detail, identifier}};
}

}  // namespace

void add_failure(Authorization& authorization, Challenge& challenge, const Verdict& verdict,
                 const Retries& retries, Time now) {
  const Error& latest = verdict.outcome.error();
  const std::string& identifier = authorization.identifier.name;
  std::vector<Suberror> failures;
  if (challenge.error) failures = failures_of(*challenge.error, identifier);
  challenge.error = latest;
  if (!failures.empty()) {
    failures.push_back({latest.kind, latest.detail, identifier});
    keep_newest(failures);
    challenge.error->suberrors = std::move(failures);
  }
  add_evidence(challenge, verdict);

  const Time next = now + retries.interval;
  const Time last = challenge.responded.value_or(now) + retries.total;
  challenge.next_look.reset();
  if (next <= last && next < authorization.expires) {
    challenge.next_look = next;
  } else {
    challenge.status = ChallengeStatus::invalid;
    challenge.validated = now;
  }
}

void add_evidence(Challenge& challenge, const Verdict& verdict) {
  challenge.evidence.insert(challenge.evidence.end(), verdict.evidence.begin(), verdict.evidence.end());
  keep_newest(challenge.evidence);
}

bool may_look_at_once(const Challenge& challenge, const Retries& retries, Time now) {
  if (challenge.status != ChallengeStatus::processing) return false;
  return !challenge.next_look || now >= *challenge.next_look - retries.interval + kRequestedLookMin;
}

std::chrono::seconds time_to_wait(const Challenge& challenge, Time now) {
  constexpr std::chrono::seconds kLook{1};
  if (!challenge.next_look || *challenge.next_look <= now) return kLook;
  return std::chrono::ceil<std::chrono::seconds>(*challenge.next_look - now) + kLook;
}

}  // namespace acmecore
