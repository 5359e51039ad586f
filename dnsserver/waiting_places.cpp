#include "dnsserver/waiting_places.h"

#include <utility>

namespace dnsserver {

WaitingPlaces::Place::Place(WaitingPlaces& places, std::string credential)
    : places_(&places), credential_(std::move(credential)) {}

WaitingPlaces::Place::Place(Place&& other) noexcept
    : places_(std::exchange(other.places_, nullptr)), credential_(std::move(other.credential_)) {}

WaitingPlaces::Place::~Place() {
  if (places_ != nullptr) places_->leave(credential_);
}

base::Result<WaitingPlaces::Place> WaitingPlaces::take(const std::string& credential) {
  const std::scoped_lock lock(mutex_);
  const auto own = waiting_.find(credential);
  if (own != waiting_.end() && own->second >= kWaitingCallersOfOneMax) {
    return base::fail(base::ErrorKind::too_large, std::to_string(kWaitingCallersOfOneMax) +
                                                      " callers with the credential " + credential +
                                                      " wait already, and more may not at once");
  }
  if (all_ >= kWaitingCallersMax) {
    return base::fail(base::ErrorKind::too_large,
                      std::to_string(kWaitingCallersMax) +
                          " callers wait already, and this server lets no more wait at once");
  }
  ++waiting_[credential];
  ++all_;
  return Place(*this, credential);
}

void WaitingPlaces::leave(const std::string& credential) {
  const std::scoped_lock lock(mutex_);
  const auto own = waiting_.find(credential);
  if (--own->second == 0) waiting_.erase(own);
  --all_;
}

}  // namespace dnsserver
