#include <optional>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/optimism.h"
#include "base/log.h"

// Challenges that are responded to (RFC 8555 §7.5.1, §8.2).
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// Our own trouble says nothing about who controls the name.
bool is_undecided(const Verdict& verdict) {
  return !verdict.outcome && (verdict.outcome.error().kind == ErrorKind::unavailable ||
                              verdict.outcome.error().kind == ErrorKind::internal);
}

tl::unexpected<base::Error> too_many_validations() {
  return fail(ErrorKind::rate_limited, std::to_string(kValidationsMax) +
                                           " validations of this account are under way; respond to this "
                                           "challenge again when some of them are done");
}

void log_outcome(const Authorization& authorization, const Challenge& challenge) {
  if (challenge.status == ChallengeStatus::valid) {
    base::log::info("acme.authorization.valid", {{"authorization_id", authorization.id},
                                                 {"account", authorization.account},
                                                 {"identifier", authorization.identifier.text()}});
    return;
  }
  const bool goes_on = challenge.status == ChallengeStatus::processing;
  base::log::info(goes_on ? "acme.challenge.failed" : "acme.authorization.invalid",
                  {{"authorization_id", authorization.id},
                   {"account", authorization.account},
                   {"identifier", authorization.identifier.text()},
                   {"problem", name_of(challenge.error->kind)},
                   {"detail", challenge.error->detail}});
}

// In the audit log, what was seen at last, or of a failure at all looks. While there is another look to come, nothing.
void note_outcome(const Authorization& authorization, const Challenge& challenge, const Verdict& verdict,
                  bool pauses, base::Time now, Changes& changes) {
  if (challenge.status == ChallengeStatus::processing) return;
  const bool is_met = challenge.status == ChallengeStatus::valid;
  const auto& seen = is_met ? verdict.evidence : challenge.evidence;
  changes.note(validation_event(authorization, challenge, seen, now));
  if (!pauses) return;
  AuditEvent event = audit_event(audit_kind::kNamePaused, authorization, {}, now);
  set_problem(event, *challenge.error);
  changes.note(event);
}

}  // namespace

Task<Result<AuthorizationView>> Authority::respond(Account account, std::string authorization,
                                                   std::string type, std::chrono::milliseconds patience) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await owned_authorization(account, authorization));
    Challenge* challenge = stored->find_challenge(type);
    if (challenge == nullptr) co_return fail(ErrorKind::not_found, "there is no such challenge");
    const AuthorizationStatus status = status_of(stored.value, clock_.now());
    const bool is_settled =
        challenge->status == ChallengeStatus::valid || challenge->status == ChallengeStatus::invalid;
    if (is_settled) co_return view_of(std::move(stored.value));
    if (status != AuthorizationStatus::pending) co_return no_longer_pending(stored.value, status);
    if (challenge->status == ChallengeStatus::processing) {
      co_return co_await look_at_once(std::move(stored), std::move(type), patience);
    }
    if (!stored->for_renewal) CO_CHECK(co_await limits_.check_failures(account.id, stored->identifier));
    Place place = places_.take(account.id);
    if (place == nullptr) co_return too_many_validations();

    challenge->status = ChallengeStatus::processing;
    challenge->thumbprint = account.key_thumbprint;
    challenge->responded = clock_.now();
    // What is decided within the client's patience is recorded once, with its outcome. Anything else is recorded
    // before the client hears of it, so that it survives us.
    Hold hold = in_hand_.take(authorization);
    const bool looks_first = hold != nullptr && patience > std::chrono::milliseconds(0);
    if (looks_first) {
      CO_TRY(const auto current, co_await records_.authorization(authorization));
      if (current.revision != stored.revision) continue;  // somebody had it in hand in between
      CO_TRY(auto looked, co_await look(std::move(hold), std::move(place), stored, type, patience));
      if (looked) co_return *std::move(looked);
    }
    Changes changes;
    changes.update(stored);
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    if (!looks_first && hold != nullptr) {  // else a look is under way, or a sweep was faster
      stored.revision = *committed;
      CO_CHECK(co_await look(std::move(hold), std::move(place), stored, std::move(type), patience));
    }
    co_return view_of(std::move(stored.value));
  }
  co_return too_many_at_once();
}

// The client says that something has changed (RFC 8555 §8.2). Nothing is recorded for it: should we end before the
// look does, the next one is due as before.
Task<Result<AuthorizationView>> Authority::look_at_once(Stored<Authorization> authorization, std::string type,
                                                        std::chrono::milliseconds patience) {
  const bool may = may_look_at_once(*authorization->find_challenge(type), options_.retries, clock_.now());
  Hold hold = may ? in_hand_.take(authorization->id) : nullptr;
  if (hold == nullptr) co_return view_of(std::move(authorization.value));
  Place place = places_.take(authorization->account);
  if (place == nullptr) co_return too_many_validations();
  CO_TRY(auto looked,
         co_await look(std::move(hold), std::move(place), authorization, std::move(type), patience));
  if (looked) co_return *std::move(looked);
  co_return view_of(std::move(authorization.value));
}

// As it is recorded after the look. Nothing: the look goes on, or what it saw could not be recorded.
Task<Result<std::optional<AuthorizationView>>> Authority::look(Hold hold, Place place,
                                                               Stored<Authorization> authorization,
                                                               std::string type,
                                                               std::chrono::milliseconds patience) {
  Task<void> validation = validate(std::move(hold), std::move(place), authorization, type);
  const bool done = co_await background_.run(std::move(validation), patience);
  if (!done) co_return std::nullopt;
  CO_TRY(auto settled, co_await records_.authorization(authorization->id));
  if (settled->find_challenge(type)->status == ChallengeStatus::pending) co_return std::nullopt;
  co_return view_of(std::move(settled.value));
}

// REQUIRES: the challenge of `type` is processing, in what is given and perhaps not yet in the store; `hold` is on
// the authorization.
Task<void> Authority::validate([[maybe_unused]] Hold hold, [[maybe_unused]] Place place,
                               Stored<Authorization> authorization, std::string type) {
  const Challenge& challenge = *authorization->find_challenge(type);
  const std::string expected = dns01_value(challenge.token, challenge.thumbprint);
  Verdict verdict = co_await validation_.dns01(authorization->identifier.dns_name(), expected);
  const std::string id = authorization->id;
  if (is_undecided(verdict)) {
    base::log::warning("acme.validation.undecided",
                       {{"authorization_id", id}, {"detail", verdict.outcome.error().detail}});
  }
  const auto settled = co_await settle(std::move(authorization), std::move(type), std::move(verdict));
  if (!settled) {  // it stays processing, and a sweep takes it up
    base::log::warning("acme.validation.not_recorded",
                       {{"authorization_id", id}, {"detail", settled.error().detail}});
  }
}

Task<Result<void>> Authority::settle(Stored<Authorization> authorization, std::string type, Verdict verdict) {
  const Challenge responded = *authorization->find_challenge(type);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Challenge* challenge = authorization->find_challenge(type);
    if (challenge == nullptr || authorization->deactivated || authorization->revoked) {
      co_return Result<void>();  // it does not matter any more
    }
    if (challenge->status == ChallengeStatus::pending) *challenge = responded;
    if (challenge->status != ChallengeStatus::processing) co_return Result<void>();
    const base::Time now = clock_.now();
    const bool in_time = status_of(authorization.value, now) == AuthorizationStatus::pending;
    if (is_undecided(verdict)) {
      challenge->next_look = now + options_.retries.interval;
    } else if (verdict.outcome) {
      add_evidence(*challenge, verdict);
      challenge->status = ChallengeStatus::valid;
      challenge->validated = now;
      challenge->error.reset();
      challenge->next_look.reset();
      if (in_time) authorization->expires = now + options_.authorization_lifetime;
    } else {
      add_failure(authorization.value, *challenge, verdict, options_.retries, now);
    }
    Changes changes;
    changes.update(authorization);
    CO_TRY(const bool pauses, co_await count_outcome(authorization.value, *challenge, changes));
    note_outcome(authorization.value, *challenge, verdict, pauses, now, changes);
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      if (!is_undecided(verdict)) log_outcome(authorization.value, *challenge);
      if (challenge->next_look) looks_.note(authorization->id, *challenge->next_look);
      if (pauses) log_pause(authorization.value);
      co_return Result<void>();
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
    CO_TRY(authorization, co_await records_.authorization(authorization->id));
  }
  co_return too_many_at_once();
}

// What the outcome of a challenge means for its account and name; of one that goes on, nothing. True: from now on it is
// paused.
Task<Result<bool>> Authority::count_outcome(const Authorization& authorization, const Challenge& challenge,
                                            Changes& changes) {
  if (challenge.status == ChallengeStatus::valid) {
    pausing_.forget_failures(authorization.account, authorization.identifier, changes);
  }
  if (challenge.status != ChallengeStatus::invalid) co_return false;  // there was another look, or will be
  co_return co_await count_failure(authorization, challenge.error->detail, changes);
}

Task<Result<bool>> Authority::count_failure(const Authorization& authorization, std::string error,
                                            Changes& changes) {
  CO_CHECK(co_await limits_.count_failure(authorization.account, authorization.identifier, changes));
  co_return co_await pausing_.count_failure(authorization.account, authorization.identifier, std::move(error),
                                            changes);
}

void Authority::log_pause(const Authorization& authorization) {
  base::log::warning("acme.name.paused",
                     {{"account", authorization.account}, {"identifier", authorization.identifier.name}});
}

}  // namespace acmecore
