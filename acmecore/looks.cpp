#include "acmecore/looks.h"

namespace acmecore {

using base::Time;

void Looks::note(const std::string& authorization, Time when) {
  const std::lock_guard lock(mutex_);
  const auto known = by_authorization_.find(authorization);
  if (known != by_authorization_.end()) {
    by_time_.erase({known->second, authorization});
    known->second = when;
  } else if (by_authorization_.size() < kLooksMax) {
    by_authorization_.emplace(authorization, when);
  } else {
    return;
  }
  by_time_.emplace(when, authorization);
}

std::vector<std::string> Looks::take_due(Time now, size_t limit) {
  std::vector<std::string> due;
  const std::lock_guard lock(mutex_);
  while (due.size() < limit && !by_time_.empty() && by_time_.begin()->first <= now) {
    by_authorization_.erase(by_time_.begin()->second);
    due.push_back(std::move(by_time_.extract(by_time_.begin()).value().second));
  }
  return due;
}

}  // namespace acmecore
