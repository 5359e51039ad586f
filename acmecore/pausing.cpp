#include "acmecore/pausing.h"

#include <algorithm>
#include <map>
#include <utility>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/unpause_token.h"
#include "base/log.h"

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::Result;
using base::Suberror;
using base::Task;
using std::chrono::seconds;

namespace {

constexpr const char* kUnpauseKey = "unpause-key";

std::string sentence(const FailingName& failing, const Identifier& identifier) {
  const std::string what = identifier.ancestor.empty() ? "it" : in_quotes(failing.name);
  const std::string times = std::to_string(failing.failures) + (failing.failures == 1 ? " time" : " times");
  return in_quotes(identifier.text()) + " is paused until " +
         base::rfc3339(std::chrono::ceil<seconds>(failing.until)) + ": this account failed to prove " + what +
         " " + times + " without a success between, the last time at " + base::rfc3339(failing.last_failed) +
         ": " + failing.last_error;
}

}  // namespace

Task<Result<void>> Pausing::check(std::string account, std::vector<Identifier> identifiers) {
  if (rule_.after == 0) co_return Result<void>();
  Error error{ErrorKind::paused, {}, {}, seconds(0)};
  std::map<std::string, FailingName> known;  // by the name that is to be proved, with "*." or without
  const auto to_be_proved = to_prove(identifiers);
  for (const Identifier& proved : to_be_proved) {
    if (known.contains(proved.name)) continue;
    CO_TRY(auto failing, co_await records_.failing_name(account, proved.name));
    known.emplace(proved.name, std::move(failing.value));
  }
  for (const Identifier& identifier : identifiers) {
    const FailingName& failing = known.at(to_prove(identifier).name);
    if (!is_paused(failing)) continue;
    error.suberrors.push_back({ErrorKind::paused, sentence(failing, identifier), identifier.text()});
    error.retry_after =
        std::max(*error.retry_after, std::chrono::ceil<seconds>(failing.until - clock_.now()));
  }
  if (error.suberrors.empty()) co_return Result<void>();
  error.detail = error.suberrors.size() == 1
                     ? error.suberrors[0].detail
                     : std::to_string(error.suberrors.size()) +
                           " names are paused, because this account failed to prove them again and again";
  base::log::info("acme.order.paused", {{"account", account}, {"names", error.suberrors.size()}});
  co_return tl::unexpected(std::move(error));
}

Task<Result<bool>> Pausing::count_failure(std::string account, Identifier identifier, std::string error,
                                          Changes& changes) {
  if (rule_.after == 0) co_return false;
  CO_TRY(auto failing, co_await records_.failing_name(std::move(account), std::move(identifier.name)));
  const base::Time now = clock_.now();
  const bool was_paused = is_paused(failing.value);
  if (now >= failing->until) failing->failures = 0;
  ++failing->failures;
  failing->last_failed = now;
  failing->last_error = std::move(error);
  failing->until = now + rule_.period;
  failing->paused = was_paused || failing->failures >= rule_.after;
  changes.update(failing);
  co_return failing->paused && !was_paused;
}

void Pausing::forget_failures(const std::string& account, const Identifier& identifier,
                              Changes& changes) const {
  if (rule_.after != 0) changes.forget_failures(account, identifier.name);
}

Task<Result<Page<FailingName>>> Pausing::paused(std::string account, std::string after, size_t limit) {
  CO_TRY(auto names, co_await records_.paused_names(std::move(account), std::move(after), limit));
  Page<FailingName> page;
  if (names.size() == limit) page.next = names.back().account + ' ' + names.back().name;
  std::erase_if(names, [this](const FailingName& failing) { return !is_paused(failing); });
  page.found = std::move(names);
  co_return page;
}

Task<Result<std::vector<std::string>>> Pausing::lift(std::string account, std::vector<std::string> names,
                                                     Actor by) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::string> lifted;
  Changes changes;
  for (std::string& name : names) {
    CO_TRY(const auto failing, co_await records_.failing_name(account, name));
    if (!is_paused(failing.value)) continue;
    changes.forget_failures(account, name);
    lifted.push_back(std::move(name));
  }
  if (lifted.empty()) co_return lifted;
  AuditEvent event;
  event.kind = audit_kind::kPauseLifted;
  event.time = clock_.now();
  event.actor = std::move(by);
  event.account = account;
  event.identifiers = lifted;
  changes.note(event);
  CO_CHECK(co_await records_.commit(std::move(changes)));
  for (const std::string& name : lifted)
    base::log::info("acme.pause.lifted", {{"account", account}, {"identifier", name}});
  co_return lifted;
}

Task<Result<std::vector<std::string>>> Pausing::lift_all(std::string account, Actor by) {
  std::vector<std::string> lifted;
  for (std::string after;;) {
    CO_TRY(const auto page, co_await paused(account, after, kPausedShownMax));
    std::vector<std::string> names;
    for (const FailingName& failing : page.found)
      names.push_back(failing.name);
    CO_TRY(const auto some, co_await lift(account, std::move(names), by));
    lifted.insert(lifted.end(), some.begin(), some.end());
    if (page.next.empty()) co_return lifted;
    after = page.next;
  }
}

Task<Result<std::string>> Pausing::token(std::string directory, std::string account) {
  CO_TRY(const base::Bytes key, co_await records_.secret_key(kUnpauseKey));
  co_return unpause_token(key, directory, account, clock_.now() + kUnpauseTokenLifetime);
}

Task<Result<void>> Pausing::check_token(std::string directory, std::string account, std::string token) {
  CO_TRY(const base::Bytes key, co_await records_.secret_key(kUnpauseKey));
  co_return check_unpause_token(key, directory, account, token, clock_.now());
}

bool Pausing::is_paused(const FailingName& failing) const {
  return failing.paused && clock_.now() < failing.until;
}

}  // namespace acmecore
