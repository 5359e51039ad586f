#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "base/error.h"

namespace dnsserver {

// Callers that wait at once for other name servers. Each has the resolver look up one name at a time, and dns-01, which
// has the same resolver, is to find half of its places (lookups_in_flight_max) free.
inline constexpr size_t kWaitingCallersMax = 32;
// Those of one credential: there is room for three others that do the same.
inline constexpr size_t kWaitingCallersOfOneMax = 8;

// Who waits, by credential. Thread-safe.
class WaitingPlaces {
 public:
  // A place, until it is destroyed. The places outlive it.
  class Place {
   public:
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class WaitingPlaces;
    Place(WaitingPlaces& places, std::string credential);

    WaitingPlaces* places_;  // null: moved away
    std::string credential_;
  };

  // too_large: as many wait as may, of this credential or of all.
  base::Result<Place> take(const std::string& credential);

 private:
  void leave(const std::string& credential);

  // Calls begin and end on all threads of the runtime, and nothing waits while this is held.
  std::mutex mutex_;
  std::map<std::string, size_t> waiting_;  // nobody's is not in it
  size_t all_ = 0;
};

}  // namespace dnsserver
