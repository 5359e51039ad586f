#pragma once

#include <vector>

#include "base/endpoint.h"
#include "base/name.h"

namespace validator {

// Names at and below `apex` are asked from these servers instead of down from the root.
struct StubZone {
  base::Name apex;
  std::vector<base::Endpoint> addresses;
};

}  // namespace validator
