#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/ca_chain.h"
#include "acmecore/profile.h"
#include "acmecore/public_key.h"
#include "base/bytes.h"
#include "base/time.h"

// The CA/Browser Forum's Baseline Requirements for publicly trusted TLS server certificates ("BR", 2.3.1), as far as
// they bear on profiles.
namespace acmecore {

// The longest that a certificate which is signed at `now` may be valid, both ends included (BR 6.3.2; of a short-lived
// one BR 1.6.1). Nothing: as long as the operator likes.
std::optional<std::chrono::seconds> lifetime_limit(ProfileRules rules, base::Time now);

// How old the proof of a name may be when a certificate is signed by it at `now` (BR 4.2.1).
std::chrono::seconds proof_age_limit(base::Time now);

// What a certificate that is made by the profile at `now` gets, and the bounds of what an order may ask for, for one
// who may have no longer certificates than of `lifetime_max` (nothing: as the profile has them). From the day on which
// a limit of the BR falls, certificates are shorter by themselves.
ValidityRule validity_rule(const Profile& profile, std::optional<std::chrono::seconds> lifetime_max,
                           base::Time now);

struct BrViolation {
  std::string_view section;  // "6.3.2"
  std::string what;          // a sentence without its full stop

  bool operator==(const BrViolation&) const = default;
};

// What of a profile is not as the BR ask ("MUST", not "SHOULD"). One that does not claim to keep them is held against
// what publicly trusted ones that are not short-lived have to keep, but for policies: it must not claim it by them.
std::vector<BrViolation> br_violations(const Profile& profile, base::Time now);

// What of the keys of a CA and of those above it, and of the signatures between them, is not as the BR ask: of keys
// that parse_ca_public_key accepts, Ed25519 ones and RSA ones whose size is no multiple of 8 bits.
std::vector<BrViolation> br_violations(const CaChain& chain);

// Whether an AlgorithmIdentifier is, octet for octet, one that the BR have for signatures by such a key (BR 7.1.3.2,
// without RSASSA-PSS).
bool is_br_signature_algorithm(KeyType key, base::BytesView algorithm_der);

}  // namespace acmecore
