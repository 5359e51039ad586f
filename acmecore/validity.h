#pragma once

#include <chrono>

#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// Clients whose clocks run late accept a new certificate all the same. BR 7.1.2.7 allows 48 hours.
inline constexpr std::chrono::hours kBackdate{1};

inline constexpr std::chrono::hours kLeafLifetimeDefault{90 * 24};

// Shorter than this, a certificate would serve nobody: an issuing CA that ends sooner must be replaced.
inline constexpr std::chrono::hours kLeafLifetimeMin{2};

// When a certificate is valid, both ends included (RFC 5280 §4.1.2.5), in whole seconds.
struct Validity {
  base::Time not_before;
  base::Time not_after;

  bool operator==(const Validity&) const = default;
};

// The validity of a leaf that is issued now: from an hour ago, for exactly `lifetime` (so not_after is one
// second less), and never longer than its issuer, which ends at `issuer_not_after`.
//
// internal: the issuing CA ends too soon for any leaf, or `lifetime` is below kLeafLifetimeMin.
base::Result<Validity> leaf_validity(base::Time now, std::chrono::seconds lifetime,
                                     base::Time issuer_not_after);

// Past two thirds of its life, when a certificate should be renewed.
bool due_for_renewal(const Validity& validity, base::Time now);

}  // namespace acmecore
