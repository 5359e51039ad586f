#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/identifier.h"
#include "acmecore/validation.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// RFC 8555 §7.1.6.
enum class ChallengeStatus { pending, processing, valid, invalid };
enum class AuthorizationStatus { pending, valid, invalid, deactivated, expired, revoked };
std::string_view name_of(ChallengeStatus status);
std::string_view name_of(AuthorizationStatus status);

inline constexpr std::string_view kDns01 = "dns-01";

// One challenge (RFC 8555 §8). Its type names it within its authorization.
struct Challenge {
  std::string type;
  std::string token;  // 128 bits, base64url
  ChallengeStatus status = ChallengeStatus::pending;
  std::string thumbprint;               // of the account's key when it responded (§8.1); empty: it has not
  std::optional<base::Time> responded;  // when that was
  std::optional<base::Time> validated;  // when it became valid or invalid
  std::optional<base::Error> error;     // what went wrong so far; never when valid
  std::optional<base::Time> next_look;  // while processing, of a look that failed: when it is repeated (§8.2)
  std::vector<Observation> evidence;    // what the validation saw

  bool operator==(const Challenge&) const = default;
};

// What the account may do with one identifier (RFC 8555 §7.1.4). Its status is computed, not kept: see
// status_of.
struct Authorization {
  std::string id;
  std::string account;
  Identifier identifier;
  base::Time created;
  base::Time expires;
  std::optional<base::Time> deactivated;  // by the subscriber
  std::optional<base::Time> revoked;      // by an operator
  std::vector<Challenge> challenges;
  // It counts for all that is subordinate to its identifier (RFC 9444 §4.1).
  bool subdomain_auth_allowed = false;
  bool for_renewal = false;  // it was made for an order that renews_when_suggested

  const Challenge* find_challenge(std::string_view type) const;
  Challenge* find_challenge(std::string_view type);

  bool operator==(const Authorization&) const = default;
};

// The status at `now` (RFC 8555 §7.1.6). A failed challenge makes a pending authorization invalid, time a pending or
// valid one expired, whichever comes first, for no way leads from one to the other; deactivation and revocation come
// before both.
AuthorizationStatus status_of(const Authorization& authorization, base::Time now);

// The challenge whose validation was begun and not finished; null: none, or it does not matter any more.
const Challenge* processing_challenge(const Authorization& authorization);

// One of its challenges was met and it was neither deactivated nor revoked: valid, until it expires.
bool is_proved(const Authorization& authorization);

// An authorization that ends sooner would take a new order that relies on it with it.
inline constexpr std::chrono::hours kReuseMargin{1};

// Whether a new order can rely on it instead of on one of its own: it is valid, for kReuseMargin at least, and was
// validated within `reuse`.
bool may_be_reused(const Authorization& authorization, std::chrono::seconds reuse, base::Time now);

// Whether a certificate for `identifier` may rest on it.
bool covers(const Authorization& authorization, const Identifier& identifier);

// Of what identifiers, as Identifier::text() has them, the authorizations may be that cover `identifier`: itself, then
// those above it, the nearest first (RFC 9444 §4.1). No single label, for which there are none.
std::vector<std::string> covering_identifiers(const Identifier& identifier);

// The key authorization (RFC 8555 §8.1), and what a TXT record shows of it (§8.4).
std::string key_authorization(std::string_view token, std::string_view thumbprint);
std::string dns01_value(std::string_view token, std::string_view thumbprint);

// malformed: that it is `status` and not what is needed, pending.
tl::unexpected<base::Error> no_longer_pending(const Authorization& authorization, AuthorizationStatus status);

// An authorization as it was at the time of the request.
struct AuthorizationView {
  Authorization authorization;
  AuthorizationStatus status;
  base::Time time;
};

}  // namespace acmecore
