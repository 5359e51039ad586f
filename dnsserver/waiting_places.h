#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/places.h"

namespace dnsserver {

// Callers that wait at once for other name servers. Each has the resolver look up one name at a time, and dns-01, which
// has the same resolver, is to find half of its places (lookups_in_flight_max) free.
inline constexpr size_t kWaitingCallersMax = 32;
// Those of one credential: there is room for three others that do the same.
inline constexpr size_t kWaitingCallersOfOneMax = 8;

// Who waits, by credential. Thread-safe.
class WaitingPlaces {
 public:
  // Until it is destroyed.
  struct Place {
    std::unique_ptr<base::Places::Place> of_one;
    std::unique_ptr<base::Places::Place> of_all;
  };

  // too_large: as many wait as may, of this credential or of all.
  base::Result<Place> take(const std::string& credential);

 private:
  base::Places of_one_{kWaitingCallersOfOneMax};
  base::Places of_all_{kWaitingCallersMax};
};

}  // namespace dnsserver
