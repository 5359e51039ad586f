#include "dnsserver/waiting_places.h"

#include <utility>

namespace dnsserver {

base::Result<WaitingPlaces::Place> WaitingPlaces::take(const std::string& credential) {
  auto of_one = of_one_.take(credential);
  if (of_one == nullptr) {
    return base::fail(base::ErrorKind::too_large, std::to_string(kWaitingCallersOfOneMax) +
                                                      " callers with the credential " + credential +
                                                      " wait already, and more may not at once");
  }
  auto of_all = of_all_.take();
  if (of_all == nullptr) {
    return base::fail(base::ErrorKind::too_large,
                      std::to_string(kWaitingCallersMax) +
                          " callers wait already, and this server lets no more wait at once");
  }
  return Place{std::move(of_one), std::move(of_all)};
}

}  // namespace dnsserver
