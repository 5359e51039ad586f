#pragma once

#include "base/error.h"

// Optimistic changes: read, change, commit, and again if somebody else was faster.
namespace acmecore {

// Each attempt in vain means that another request got through: so many as come at once for one object, such as what is
// counted of an address, all do. More are a flood.
inline constexpr int kAttemptsMax = 256;

template <class T>
bool is_conflict(const base::Result<T>& committed) {
  return !committed && committed.error().kind == base::ErrorKind::conflict;
}

inline tl::unexpected<base::Error> too_many_at_once() {
  return base::fail(base::ErrorKind::unavailable, "too many requests change the same object at once");
}

}  // namespace acmecore
