#include "acmecore/refusals.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;
using base::Task;

namespace {

// At most kRefusalSentenceMax octets, in whole characters.
void cut(std::string& sentence) {
  if (sentence.size() <= kRefusalSentenceMax) return;
  std::string_view rest = sentence;
  size_t kept = 0;
  for (size_t size = base::utf8_character_size(rest); size != 0 && kept + size <= kRefusalSentenceMax;
       size = base::utf8_character_size(rest)) {
    kept += size;
    rest.remove_prefix(size);
  }
  sentence.resize(kept);
}

void shorten(AuditEvent& refusal) {
  if (refusal.identifiers.size() > kRefusedIdentifiersMax) refusal.identifiers.resize(kRefusedIdentifiersMax);
  if (refusal.evidence.size() > kRefusedIdentifiersMax) refusal.evidence.resize(kRefusedIdentifiersMax);
  std::ranges::for_each(refusal.identifiers, cut);
  cut(refusal.reason);
  std::ranges::for_each(refusal.evidence, cut);
}

bool are_alike(const AuditEvent& a, const AuditEvent& b) {
  return a.kind == b.kind && a.actor == b.actor && a.account == b.account && a.problem == b.problem;
}

void merge(AuditEvent& into, const AuditEvent& refusal) {
  const base::Time latest =
      std::max({into.time, into.last.value_or(into.time), refusal.time, refusal.last.value_or(refusal.time)});
  into.time = std::min(into.time, refusal.time);
  into.last = latest;
  into.count += refusal.count;
}

// One of many of its kind, of which there are too many to be told apart.
AuditEvent one_of_many(const AuditEvent& refusal) {
  AuditEvent event;
  event.kind = refusal.kind;
  event.time = refusal.time;
  event.count = refusal.count;
  event.last = refusal.last;
  event.reason = "too many are refused at once to be told apart";
  return event;
}

}  // namespace

bool is_refusal(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::account_not_valid:
    case ErrorKind::bad_csr:
    case ErrorKind::bad_public_key:
    case ErrorKind::caa:
    case ErrorKind::compound:
    case ErrorKind::external_account_required:
    case ErrorKind::invalid_profile:
    case ErrorKind::paused:
    case ErrorKind::rate_limited:
    case ErrorKind::rejected_identifier:
    case ErrorKind::unauthorized:
    case ErrorKind::unsupported_identifier: return true;
    default: return false;
  }
}

void Refusals::note(AuditEvent refusal) {
  shorten(refusal);
  const std::lock_guard lock(mutex_);
  hold(std::move(refusal));
}

// REQUIRES: mutex_ is held.
void Refusals::hold(AuditEvent refusal) {
  const auto alike = [&](const AuditEvent& event) { return are_alike(event, refusal); };
  auto found = std::ranges::find_if(held_, alike);
  if (found == held_.end() && held_.size() >= kRefusalsHeldMax) {
    refusal = one_of_many(refusal);
    found = std::ranges::find_if(held_, alike);
  }
  if (found == held_.end()) {
    held_.push_back(std::move(refusal));
  } else {
    merge(*found, refusal);
  }
}

Task<Result<void>> Refusals::flush(bool all) {
  const std::vector<AuditEvent> taken = take(all);
  if (taken.empty()) co_return Result<void>();
  Changes changes;
  for (const AuditEvent& refusal : taken)
    changes.note(refusal);
  const auto committed = co_await records_.commit(std::move(changes));
  if (committed) co_return Result<void>();
  const std::lock_guard lock(mutex_);
  for (const AuditEvent& refusal : taken)
    hold(refusal);
  co_return tl::unexpected(committed.error());
}

// The oldest, and takes their places.
std::vector<AuditEvent> Refusals::take(bool all) {
  const base::Time now = clock_.now();
  const std::lock_guard lock(mutex_);
  size_t room = 0;
  for (; room < held_.size() && (all || room_from(kRefusalRate, regained_, now) <= now); ++room)
    regained_ = with_one_more(kRefusalRate, regained_, now);
  const auto behind = held_.begin() + std::ptrdiff_t(room);
  std::vector<AuditEvent> taken(std::make_move_iterator(held_.begin()), std::make_move_iterator(behind));
  held_.erase(held_.begin(), behind);
  return taken;
}

}  // namespace acmecore
