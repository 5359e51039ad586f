#include <set>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/auto_renewal_order.h"
#include "acmecore/optimism.h"
#include "base/log.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// A record that is gone or cannot be read must not keep the sweep from the others. A store that is
// unavailable does.
template <class T>
bool can_skip(const Result<T>& found) {
  if (found || found.error().kind == ErrorKind::unavailable) return false;
  if (found.error().kind != ErrorKind::not_found) {
    base::log::error("acme.sweep.skipped", {{"detail", found.error().detail}});
  }
  return true;
}

}  // namespace

// Once a store is full, each that is to go on would ask it in vain. The next sweep tries again.
bool Authority::goes_on(const Swept& swept) { return !swept.progress.has_failed(); }

Task<Result<bool>> Authority::sweep() {
  SweepProgress progress;
  progress.note(co_await sweep_authorizations());
  progress.note(co_await sweep_orders());
  progress.note(co_await sweep_certificates());
  progress.note(co_await sweep_accounts());
  progress.note(co_await sweep_external_account_keys());
  progress.note(co_await records_.sweep_limits(clock_.now()));
  progress.note(co_await records_.sweep_revocation_jobs(clock_.now()));
  co_return progress.result();
}

Task<Result<bool>> Authority::sweep_accounts() {
  CO_TRY(const auto ids, co_await records_.due_accounts(clock_.now(), accounts_limit_));
  Swept swept;
  swept.found = ids.size();
  for (const std::string& id : ids) {
    auto account = co_await records_.account(id);
    ++swept.stay;
    if (can_skip(account)) continue;
    if (!account) co_return tl::unexpected(account.error());
    if (!account->value.unused) continue;  // it ordered just now
    base::log::info("acme.account.removed", {{"account", id}});
    swept.removed.erase(*account);
    AuditEvent event = audit_event(audit_kind::kAccountRemoved, account->value, {}, clock_.now());
    event.reason = "it never ordered";
    swept.removed.note(event);
    --swept.stay;
  }
  co_return co_await finish(std::move(swept), accounts_limit_);
}

Task<Result<bool>> Authority::sweep_orders() {
  CO_TRY(const auto ids, co_await records_.due_orders(clock_.now(), orders_limit_));
  Swept swept;
  swept.found = ids.size();
  for (const std::string& id : ids) {
    Hold hold = in_hand_.take(id);
    ++swept.stay;
    if (hold == nullptr) continue;
    auto order = co_await records_.order(id);
    if (can_skip(order)) continue;
    if (!order) co_return tl::unexpected(order.error());
    const auto look = renewal_look(order->value);
    if (is_processing(order->value) || is_renewing(order->value)) {
      if (goes_on(swept)) swept.progress.note(co_await take_up(std::move(hold), *std::move(order)));
    } else if (is_waiting(order->value)) {
      if (goes_on(swept)) swept.progress.note(co_await close_unapproved(std::move(hold), *std::move(order)));
    } else if (look) {
      const bool is_due = clock_.now() >= *look;
      if (is_due && goes_on(swept)) swept.progress.note(co_await renew(std::move(hold), *std::move(order)));
    } else if (clock_.now() >= removal_time(order->value)) {
      CO_CHECK(co_await unmark(order->value, swept.removed));
      swept.removed.erase(*order);
      --swept.stay;
    }
  }
  co_return co_await finish(std::move(swept), orders_limit_);
}

Task<Result<bool>> Authority::sweep_authorizations() {
  Swept swept;
  const auto looks = looks_.take_due(clock_.now(), kSweepMax);
  const std::set<std::string> had_a_turn(looks.begin(), looks.end());
  for (const std::string& id : looks)
    CO_CHECK(co_await attend_to(id, swept));
  CO_TRY(const auto ids, co_await records_.due_authorizations(clock_.now(), authorizations_limit_));
  swept.found = ids.size();
  swept.stay = 0;  // of the page
  for (const std::string& id : ids) {
    if (had_a_turn.contains(id)) {
      ++swept.stay;
    } else {
      CO_CHECK(co_await attend_to(id, swept));
    }
  }
  co_return co_await finish(std::move(swept), authorizations_limit_);
}

// Takes up its challenge, or removes it, whatever it is time for.
Task<Result<void>> Authority::attend_to(std::string authorization_id, Swept& swept) {
  ++swept.stay;
  Hold hold = in_hand_.take(authorization_id);
  if (hold == nullptr) co_return Result<void>();
  auto authorization = co_await records_.authorization(authorization_id);
  if (can_skip(authorization)) co_return Result<void>();
  if (!authorization) co_return tl::unexpected(authorization.error());
  if (const Challenge* challenge = processing_challenge(authorization->value)) {
    const bool is_due = !challenge->next_look || clock_.now() >= *challenge->next_look;
    if (!is_due || !goes_on(swept)) co_return Result<void>();  // not due: it was looked at just now
    const std::string type = challenge->type;
    swept.progress.note(co_await take_up(std::move(hold), *std::move(authorization), type));
  } else if (clock_.now() >= removal_time(authorization->value)) {
    swept.removed.erase(*authorization);
    --swept.stay;
  }
  co_return Result<void>();
}

Task<Result<bool>> Authority::sweep_certificates() {
  CO_TRY(const auto serials, co_await records_.due_certificates(clock_.now(), certificates_limit_));
  Swept swept;
  swept.found = serials.size();
  for (const Serial& serial : serials) {
    auto certificate = co_await records_.certificate(serial);
    ++swept.stay;
    if (can_skip(certificate)) continue;
    if (!certificate) co_return tl::unexpected(certificate.error());
    if (clock_.now() < removal_time(certificate->value)) continue;
    swept.removed.erase(*certificate);
    --swept.stay;
  }
  co_return co_await finish(std::move(swept), certificates_limit_);
}

Task<Result<bool>> Authority::sweep_external_account_keys() {
  CO_TRY(const auto ids,
         co_await records_.due_external_account_keys(clock_.now(), external_account_keys_limit_));
  Swept swept;
  swept.found = ids.size();
  for (const std::string& id : ids) {
    auto key = co_await records_.external_account_key(id);
    ++swept.stay;
    if (can_skip(key)) continue;
    if (!key) co_return tl::unexpected(key.error());
    base::log::info("acme.external_account_key.removed", {{"external_account_key", id}});
    swept.removed.erase(*key);
    AuditEvent event = audit_event(audit_kind::kExternalAccountKeyRemoved, key->value, {}, clock_.now());
    event.reason = "it expired, or made its last account, long ago";
    swept.removed.note(event);
    --swept.stay;
  }
  co_return co_await finish(std::move(swept), external_account_keys_limit_);
}

// True: this page was full, and the next look finds others. A record that changed under our hands stays, and all
// others with it, until the next sweep.
Task<Result<bool>> Authority::finish(Swept swept, size_t& limit) {
  const bool full = swept.found == limit;
  const size_t limit_before = std::exchange(limit, kSweepMax + swept.stay);
  bool more = full && limit > limit_before;
  if (!swept.removed.empty()) {
    const auto committed = co_await records_.commit(std::move(swept.removed));
    if (!committed && !is_conflict(committed)) co_return tl::unexpected(committed.error());
    more = committed && full;
  }
  swept.progress.note(Result<bool>(more));
  co_return swept.progress.result();
}

// Whether the old serial was signed before the restart nobody knows, so it is never used again.
Task<Result<void>> Authority::take_up(Hold hold, Stored<Order> order) {
  order->abandoned.push_back(order->intent->serial);
  order->intent->serial = new_serial();
  Changes changes;
  changes.update(order);
  AuditEvent event = audit_event(audit_kind::kOrderTakenUp, order.value, {}, clock_.now());
  event.reason = "a process ended before it recorded the certificate of the serial number before";
  event.add("abandoned_serial", text_of(order->abandoned.back()));
  changes.note(event);
  const auto committed = co_await records_.commit(std::move(changes));
  if (is_conflict(committed)) co_return Result<void>();
  if (!committed) co_return tl::unexpected(committed.error());
  order.revision = *committed;
  base::log::info("acme.order.taken_up", {{"order", order->id}});
  Task<void> issuance = issue(std::move(hold), std::move(order));
  co_await background_.run(std::move(issuance), std::chrono::milliseconds(0));
  co_return Result<void>();
}

Task<Result<void>> Authority::take_up(Hold hold, Stored<Authorization> authorization, std::string type) {
  Verdict given_up;
  if (status_of(authorization.value, clock_.now()) != AuthorizationStatus::pending) {
    given_up.outcome = fail(ErrorKind::unauthorized, "the authorization expired before it was validated");
    co_return co_await settle(std::move(authorization), std::move(type), std::move(given_up));
  }
  // What an account has pending ends with it (RFC 8555 §7.3.6).
  CO_TRY(const auto account, co_await records_.account(authorization->account));
  if (account->status != AccountStatus::valid) {
    given_up.outcome =
        fail(ErrorKind::unauthorized, "the account is " + std::string(name_of(account->status)));
    co_return co_await settle(std::move(authorization), std::move(type), std::move(given_up));
  }
  Place place = places_.take(authorization->account);
  if (place == nullptr) {  // a later sweep's
    looks_.note(authorization->id, clock_.now());
    co_return Result<void>();
  }
  if (!authorization->find_challenge(type)->next_look) {
    base::log::info("acme.authorization.taken_up", {{"authorization_id", authorization->id}});
  }
  Task<void> validation =
      validate(std::move(hold), std::move(place), std::move(authorization), std::move(type));
  co_await background_.run(std::move(validation), std::chrono::milliseconds(0));
  co_return Result<void>();
}

}  // namespace acmecore
