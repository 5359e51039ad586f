#include <utility>

#include "acmecore/authority.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/optimism.h"
#include "base/log.h"

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

tl::unexpected<base::Error> no_longer_pending(const Authorization& authorization,
                                              AuthorizationStatus status) {
  return fail(ErrorKind::malformed, "the authorization of " + in_quotes(authorization.identifier.text()) +
                                        " is " + std::string(name_of(status)));
}

tl::unexpected<base::Error> too_many_validations() {
  return fail(ErrorKind::rate_limited, std::to_string(kValidationsMax) +
                                           " validations of this account are under way; respond to this "
                                           "challenge again when some of them are done");
}

void log_outcome(const Authorization& authorization, const Verdict& verdict) {
  if (verdict.outcome) {
    base::log::info("acme.authorization.valid", {{"authorization_id", authorization.id},
                                                 {"account", authorization.account},
                                                 {"identifier", authorization.identifier.text()}});
  } else {
    base::log::info("acme.authorization.invalid", {{"authorization_id", authorization.id},
                                                   {"account", authorization.account},
                                                   {"identifier", authorization.identifier.text()},
                                                   {"problem", name_of(verdict.outcome.error().kind)},
                                                   {"detail", verdict.outcome.error().detail}});
  }
}

}  // namespace

Task<Result<AuthorizationView>> Authority::deactivate_authorization(Account account, std::string id) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await owned_authorization(account, id));
    const AuthorizationStatus status = status_of(stored.value, clock_.now());
    if (status == AuthorizationStatus::deactivated) co_return view_of(std::move(stored.value));
    if (status != AuthorizationStatus::pending && status != AuthorizationStatus::valid) {
      co_return no_longer_pending(stored.value, status);
    }
    stored->deactivated = clock_.now();
    Changes changes;
    changes.update(stored);
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) co_return view_of(std::move(stored.value));
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

Task<Result<AuthorizationView>> Authority::respond(Account account, std::string authorization,
                                                   std::string type, std::chrono::milliseconds patience) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto stored, co_await owned_authorization(account, authorization));
    Challenge* challenge = stored->find_challenge(type);
    if (challenge == nullptr) co_return fail(ErrorKind::not_found, "there is no such challenge");
    if (challenge->status != ChallengeStatus::pending) co_return view_of(std::move(stored.value));
    const AuthorizationStatus status = status_of(stored.value, clock_.now());
    if (status != AuthorizationStatus::pending) co_return no_longer_pending(stored.value, status);
    CO_CHECK(co_await limits_.check_failures(account.id, stored->identifier));
    Place place = places_.take(account.id);
    if (place == nullptr) co_return too_many_validations();

    challenge->status = ChallengeStatus::processing;
    challenge->thumbprint = account.key_thumbprint;
    challenge->responded = clock_.now();
    Changes changes;
    changes.update(stored);
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());

    Hold hold = in_hand_.take(authorization);
    if (hold == nullptr) co_return view_of(std::move(stored.value));  // a sweep was faster
    stored.revision = *committed;
    Task<void> validation = validate(std::move(hold), std::move(place), stored, type);
    const bool done = co_await background_.run(std::move(validation), patience);
    if (!done) co_return view_of(std::move(stored.value));
    co_return co_await this->authorization(std::move(account), std::move(authorization));
  }
  co_return too_many_at_once();
}

// REQUIRES: the challenge of `type` is processing; `hold` is on the authorization.
Task<void> Authority::validate([[maybe_unused]] Hold hold, [[maybe_unused]] Place place,
                               Stored<Authorization> authorization, std::string type) {
  const Challenge& challenge = *authorization->find_challenge(type);
  const std::string expected = dns01_value(challenge.token, challenge.thumbprint);
  Verdict verdict = co_await validation_.dns01(authorization->identifier.dns_name(), expected);
  const std::string id = authorization->id;
  const auto settled = co_await settle(std::move(authorization), std::move(type), std::move(verdict));
  if (!settled) {  // it stays processing, and a sweep takes it up
    base::log::warning("acme.validation.undecided",
                       {{"authorization_id", id}, {"detail", settled.error().detail}});
  }
}

Task<Result<void>> Authority::settle(Stored<Authorization> authorization, std::string type, Verdict verdict) {
  if (is_undecided(verdict)) co_return tl::unexpected(verdict.outcome.error());
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    Challenge* challenge = authorization->find_challenge(type);
    if (challenge == nullptr || challenge->status != ChallengeStatus::processing ||
        authorization->deactivated) {
      co_return Result<void>();  // it does not matter any more
    }
    const base::Time now = clock_.now();
    const bool in_time = status_of(authorization.value, now) == AuthorizationStatus::pending;
    challenge->evidence = verdict.evidence;
    if (verdict.outcome) {
      challenge->status = ChallengeStatus::valid;
      challenge->validated = now;
      if (in_time) authorization->expires = now + options_.authorization_lifetime;
    } else {
      challenge->status = ChallengeStatus::invalid;
      challenge->error = verdict.outcome.error();
    }
    Changes changes;
    changes.update(authorization);
    if (!verdict.outcome)
      CO_CHECK(co_await limits_.count_failure(authorization->account, authorization->identifier, changes));
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      log_outcome(authorization.value, verdict);
      co_return Result<void>();
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
    CO_TRY(authorization, co_await records_.authorization(authorization->id));
  }
  co_return too_many_at_once();
}

}  // namespace acmecore
