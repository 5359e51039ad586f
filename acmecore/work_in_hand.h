#pragma once

#include "base/places.h"

namespace acmecore {

// What this process is working on, by id, so that a sweep leaves alone what a request has begun. There is one hold on
// each.
class WorkInHand : public base::Places {
 public:
  using Hold = Place;

  WorkInHand() : Places(1) {}
};

}  // namespace acmecore
