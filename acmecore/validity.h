#pragma once

#include <chrono>
#include <optional>

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
// second less), and never before or after its issuer's.
//
// internal: the issuing CA ends too soon for any leaf, or `lifetime` is below kLeafLifetimeMin.
base::Result<Validity> leaf_validity(base::Time now, std::chrono::seconds lifetime, const Validity& issuer);

// Between an order's notBefore and its issuance: BR 7.1.2.7 again.
inline constexpr std::chrono::hours kBackdateMax{48};

// The notBefore and notAfter that an order asks for (RFC 8555 §7.4).
struct RequestedValidity {
  std::optional<base::Time> not_before = std::nullopt;
  std::optional<base::Time> not_after = std::nullopt;

  bool empty() const { return !not_before && !not_after; }
  bool operator==(const RequestedValidity&) const = default;
};

// What a leaf gets, and the bounds of what an order may ask for.
struct ValidityRule {
  std::chrono::seconds lifetime = kLeafLifetimeDefault;
  std::chrono::seconds lifetime_max{0};                     // of a notAfter that is asked for; 0: lifetime
  std::chrono::seconds ahead_max = std::chrono::hours(24);  // of a notBefore in the future
};

// The same for one who may have no longer certificates than of `lifetime_max`. Nothing: as it is.
ValidityRule capped(ValidityRule rule, std::optional<std::chrono::seconds> lifetime_max);

// The validity of a leaf that is issued now, exactly as `requested` where that says something. `backdate`: how far
// back notBefore may lie.
//
// malformed: it is not in whole seconds or out of bounds, which the detail says. The errors of leaf_validity.
base::Result<Validity> leaf_validity(base::Time now, const RequestedValidity& requested,
                                     const ValidityRule& rule, std::chrono::seconds backdate,
                                     const Validity& issuer);

// Past two thirds of its life, when a certificate should be renewed.
bool due_for_renewal(const Validity& validity, base::Time now);

}  // namespace acmecore
