#include <utility>

#include "acmecore/authority.h"
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

Task<Result<void>> Authority::sweep() {
  CO_CHECK(co_await sweep_authorizations());
  CO_CHECK(co_await sweep_orders());
  co_return co_await sweep_certificates();
}

Task<Result<void>> Authority::sweep_orders() {
  CO_TRY(const auto ids, co_await records_.due_orders(clock_.now(), kSweepMax));
  Changes removed;
  for (const std::string& id : ids) {
    Hold hold = in_hand_.take(id);
    if (hold == nullptr) continue;
    auto order = co_await records_.order(id);
    if (can_skip(order)) continue;
    if (!order) co_return tl::unexpected(order.error());
    if (is_processing(order->value)) {
      CO_CHECK(co_await take_up(std::move(hold), *std::move(order)));
    } else if (clock_.now() >= removal_time(order->value)) {
      removed.erase(*order);
    }
  }
  co_return co_await remove(std::move(removed));
}

Task<Result<void>> Authority::sweep_authorizations() {
  CO_TRY(const auto ids, co_await records_.due_authorizations(clock_.now(), kSweepMax));
  Changes removed;
  for (const std::string& id : ids) {
    Hold hold = in_hand_.take(id);
    if (hold == nullptr) continue;
    auto authorization = co_await records_.authorization(id);
    if (can_skip(authorization)) continue;
    if (!authorization) co_return tl::unexpected(authorization.error());
    if (const Challenge* challenge = processing_challenge(authorization->value)) {
      const std::string type = challenge->type;
      CO_CHECK(co_await take_up(std::move(hold), *std::move(authorization), type));
    } else if (clock_.now() >= removal_time(authorization->value)) {
      removed.erase(*authorization);
    }
  }
  co_return co_await remove(std::move(removed));
}

Task<Result<void>> Authority::sweep_certificates() {
  CO_TRY(const auto serials, co_await records_.due_certificates(clock_.now(), kSweepMax));
  Changes removed;
  for (const Serial& serial : serials) {
    auto certificate = co_await records_.certificate(serial);
    if (can_skip(certificate)) continue;
    if (!certificate) co_return tl::unexpected(certificate.error());
    if (clock_.now() >= removal_time(certificate->value)) removed.erase(*certificate);
  }
  co_return co_await remove(std::move(removed));
}

// A record that changed under our hands stays, and all others with it, until the next sweep.
Task<Result<void>> Authority::remove(Changes removed) {
  if (removed.empty()) co_return Result<void>();
  const auto committed = co_await records_.commit(std::move(removed));
  if (!committed && !is_conflict(committed)) co_return tl::unexpected(committed.error());
  co_return Result<void>();
}

// Whether the old serial was signed before the restart nobody knows, so it is never used again.
Task<Result<void>> Authority::take_up(Hold hold, Stored<Order> order) {
  order->abandoned.push_back(order->intent->serial);
  order->intent->serial = new_serial();
  Changes changes;
  changes.update(order);
  const auto committed = co_await records_.commit(std::move(changes));
  if (is_conflict(committed)) co_return Result<void>();
  if (!committed) co_return tl::unexpected(committed.error());
  order.revision = *committed;
  base::log::info("acme.order.taken_up", {{"order", order->id}});
  CO_CHECK(co_await issue(std::move(hold), std::move(order)));
  co_return Result<void>();
}

Task<Result<void>> Authority::take_up(Hold hold, Stored<Authorization> authorization, std::string type) {
  if (status_of(authorization.value, clock_.now()) != AuthorizationStatus::pending) {
    Verdict late;
    late.outcome = fail(ErrorKind::unauthorized, "the authorization expired before it was validated");
    co_return co_await settle(std::move(authorization), std::move(type), std::move(late));
  }
  base::log::info("acme.authorization.taken_up", {{"authorization_id", authorization->id}});
  Task<void> validation = validate(std::move(hold), std::move(authorization), std::move(type));
  co_await background_.run(std::move(validation), std::chrono::milliseconds(0));
  co_return Result<void>();
}

}  // namespace acmecore
