#include "dnsserver/quiescence.h"

#include <algorithm>

namespace dnsserver {

Quiescence::Reader::Reader(Quiescence& quiescence) : quiescence_(quiescence) {
  const std::lock_guard lock(quiescence_.mutex_);
  quiescence_.readers_.push_back(this);
}

Quiescence::Reader::~Reader() {
  const std::lock_guard lock(quiescence_.mutex_);
  std::erase(quiescence_.readers_, this);
}

void Quiescence::Reader::pass() {
  uint64_t epoch;
  if (resting_) {
    // Changing the epoch, if only by nothing, puts us in order with advance(): either the writer finds us awake,
    // or we find gone what it took away.
    seen_.store(0, std::memory_order_relaxed);
    epoch = quiescence_.epoch_.fetch_add(0, std::memory_order_acq_rel);
    resting_ = false;
  } else {
    epoch = quiescence_.epoch_.load(std::memory_order_acquire);
  }
  seen_.store(epoch, std::memory_order_release);
}

void Quiescence::Reader::rest() {
  resting_ = true;
  seen_.store(kResting, std::memory_order_release);
}

uint64_t Quiescence::passed() const {
  const std::lock_guard lock(mutex_);
  uint64_t passed = Reader::kResting;
  for (const Reader* reader : readers_)
    passed = std::min(passed, reader->seen_.load(std::memory_order_acquire));
  return passed;
}

}  // namespace dnsserver
