#pragma once

#include <cstddef>

#include "acmecore/identifier.h"
#include "base/places.h"

namespace acmecore {

// Of one account, those that wait for a resolver included. As many as an order has identifiers, because clients
// respond to all challenges of an order at once; no more, because all accounts share the resolvers, and names
// whose servers are silent hold them for long.
inline constexpr size_t kValidationsMax = kIdentifiersMax;

// Whose validations are under way in this process, by account id.
class ValidationPlaces : public base::Places {
 public:
  ValidationPlaces() : Places(kValidationsMax) {}
};

}  // namespace acmecore
