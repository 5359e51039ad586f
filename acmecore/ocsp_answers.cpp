#include "acmecore/ocsp_answers.h"

#include <cassert>
#include <utility>

namespace acmecore {

using base::Bytes;
using base::Time;

namespace {

// The next is to be there from then on (BR 4.9.10).
Time half_of_life(const OcspAnswer& answer) {
  return *answer.this_update + (*answer.next_update - *answer.this_update) / 2;
}

}  // namespace

OcspAnswers::Answer OcspAnswers::find(const OcspCertId& id, Time now) {
  const std::lock_guard lock(mutex_);
  const Place place = place_of(id);
  if (place == by_age_.end()) return nullptr;
  place->is_asked_for = true;
  if (now >= half_of_life(*place->answer)) return nullptr;
  return place->answer;
}

OcspAnswers::Answer OcspAnswers::find_last(const OcspCertId& id, Time now) {
  const std::lock_guard lock(mutex_);
  const Place place = place_of(id);
  if (place == by_age_.end() || now > *place->answer->next_update) return nullptr;
  return place->answer;
}

uint64_t OcspAnswers::revocations() const {
  const std::lock_guard lock(mutex_);
  return revocations_;
}

void OcspAnswers::keep(const OcspCertId& id, Answer answer, uint64_t revocations) {
  assert(answer->this_update && answer->next_update);
  const std::lock_guard lock(mutex_);
  if (revocations != revocations_) return;
  const Place before = place_of(id);
  bool is_asked_for = true;
  if (before != by_age_.end()) {
    is_asked_for = before->is_asked_for;
    erase(before);
  }
  if (by_age_.size() >= answers_max_) erase(by_age_.begin());
  by_age_.push_back({id, std::move(answer), is_asked_for});
  places_[id.serial].emplace(id.der, std::prev(by_age_.end()));
}

void OcspAnswers::revoked(const Bytes& serial) {
  const std::lock_guard lock(mutex_);
  ++revocations_;
  const auto found = places_.find(serial);
  if (found == places_.end()) return;
  for (const auto& [der, place] : found->second)
    by_age_.erase(place);
  places_.erase(found);
}

std::vector<OcspCertId> OcspAnswers::due(Time now, std::chrono::minutes ahead, size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<OcspCertId> due;
  for (Place place = by_age_.begin(); place != by_age_.end() && due.size() < limit;) {
    if (now + ahead < half_of_life(*place->answer)) break;
    const Place next = std::next(place);
    Kept& kept = *place;
    const bool is_over = kept.tried ? now > *kept.answer->next_update : !kept.is_asked_for;
    const bool rests = kept.tried && *kept.tried <= now && now < *kept.tried + kOcspRetryAfter;
    if (is_over) {
      erase(place);
    } else if (!rests) {
      due.push_back(kept.id);
      if (!kept.tried) kept.is_asked_for = false;
      kept.tried = now;
    }
    place = next;
  }
  return due;
}

OcspAnswers::Place OcspAnswers::place_of(const OcspCertId& id) {
  const auto of_serial = places_.find(id.serial);
  if (of_serial == places_.end()) return by_age_.end();
  const auto found = of_serial->second.find(id.der);
  return found == of_serial->second.end() ? by_age_.end() : found->second;
}

void OcspAnswers::erase(Place place) {
  const auto of_serial = places_.find(place->id.serial);
  of_serial->second.erase(place->id.der);
  if (of_serial->second.empty()) places_.erase(of_serial);
  by_age_.erase(place);
}

}  // namespace acmecore
