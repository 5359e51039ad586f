#include "tests/acmecore/http/faults.h"

#include <string>

namespace acmecore::http {

using base::ErrorKind;

void Faults::set(const FaultRates& rates) {
  const std::lock_guard lock(mutex_);
  rates_ = rates;
}

std::optional<base::Error> Faults::of(const base::http::Request& request) {
  const std::lock_guard lock(mutex_);
  std::optional<ErrorKind> kind;
  if (happens(rates_.unavailable)) {
    kind = ErrorKind::unavailable;
  } else if (happens(rates_.rate_limited)) {
    kind = ErrorKind::rate_limited;
  } else if (request.method == "POST" && happens(rates_.bad_nonce)) {
    kind = ErrorKind::bad_nonce;
  }
  if (!kind) return std::nullopt;
  ++told_[*kind];
  base::Error error{*kind, std::string(kFaultMark)};
  if (*kind != ErrorKind::bad_nonce) error.retry_after = std::chrono::seconds(1);
  return error;
}

bool Faults::reuses() {
  const std::lock_guard lock(mutex_);
  return happens(rates_.authorization_reuse);
}

std::chrono::milliseconds Faults::validation_time() {
  const std::lock_guard lock(mutex_);
  return std::chrono::milliseconds(chance_() % (rates_.validation_max.count() + 1));
}

std::map<ErrorKind, unsigned> Faults::told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

bool Faults::happens(unsigned percent) { return percent > 0 && chance_() % 100 < percent; }

}  // namespace acmecore::http
