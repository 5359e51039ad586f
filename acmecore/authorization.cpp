#include "acmecore/authorization.h"

#include <algorithm>

#include "acmecore/dns_name_syntax.h"
#include "base/base64url.h"
#include "base/openssl.h"

namespace acmecore {

std::string_view name_of(ChallengeStatus status) {
  switch (status) {
    case ChallengeStatus::pending: return "pending";
    case ChallengeStatus::processing: return "processing";
    case ChallengeStatus::valid: return "valid";
    case ChallengeStatus::invalid: return "invalid";
  }
  return "invalid";
}

std::string_view name_of(AuthorizationStatus status) {
  switch (status) {
    case AuthorizationStatus::pending: return "pending";
    case AuthorizationStatus::valid: return "valid";
    case AuthorizationStatus::invalid: return "invalid";
    case AuthorizationStatus::deactivated: return "deactivated";
    case AuthorizationStatus::expired: return "expired";
    case AuthorizationStatus::revoked: return "revoked";
  }
  return "invalid";
}

const Challenge* Authorization::find_challenge(std::string_view type) const {
  const auto found = std::find_if(challenges.begin(), challenges.end(),
                                  [type](const Challenge& challenge) { return challenge.type == type; });
  return found == challenges.end() ? nullptr : &*found;
}

Challenge* Authorization::find_challenge(std::string_view type) {
  return const_cast<Challenge*>(std::as_const(*this).find_challenge(type));
}

namespace {

bool has_challenge(const Authorization& authorization, ChallengeStatus status) {
  return std::any_of(authorization.challenges.begin(), authorization.challenges.end(),
                     [status](const Challenge& challenge) { return challenge.status == status; });
}

bool has_failed_in_time(const Authorization& authorization) {
  return std::any_of(authorization.challenges.begin(), authorization.challenges.end(),
                     [&](const auto& challenge) {
                       return challenge.status == ChallengeStatus::invalid &&
                              !(challenge.validated && *challenge.validated >= authorization.expires);
                     });
}

}  // namespace

AuthorizationStatus status_of(const Authorization& authorization, base::Time now) {
  if (authorization.revoked) return AuthorizationStatus::revoked;
  if (authorization.deactivated) return AuthorizationStatus::deactivated;
  if (has_failed_in_time(authorization)) return AuthorizationStatus::invalid;
  if (now >= authorization.expires) return AuthorizationStatus::expired;
  return is_proved(authorization) ? AuthorizationStatus::valid : AuthorizationStatus::pending;
}

bool is_proved(const Authorization& authorization) {
  return !authorization.deactivated && !authorization.revoked &&
         !has_challenge(authorization, ChallengeStatus::invalid) &&
         has_challenge(authorization, ChallengeStatus::valid);
}

bool may_be_reused(const Authorization& authorization, std::chrono::seconds reuse, base::Time now) {
  if (status_of(authorization, now) != AuthorizationStatus::valid) return false;
  if (authorization.expires - now < kReuseMargin) return false;
  return std::any_of(
      authorization.challenges.begin(), authorization.challenges.end(),
      [=](const Challenge& challenge) { return challenge.validated && now - *challenge.validated < reuse; });
}

bool covers(const Authorization& authorization, const Identifier& identifier) {
  if (authorization.identifier.is_same_as(identifier)) return true;
  return authorization.subdomain_auth_allowed && is_subordinate(identifier, authorization.identifier.name);
}

std::vector<std::string> covering_identifiers(const Identifier& identifier) {
  std::vector<std::string> all{identifier.text()};
  if (identifier.wildcard) all.push_back(identifier.name);
  // A single label is never authorized.
  for (std::string_view above = parent_of(identifier.name); !parent_of(above).empty();
       above = parent_of(above))
    all.emplace_back(above);
  return all;
}

const Challenge* processing_challenge(const Authorization& authorization) {
  if (authorization.deactivated || authorization.revoked) return nullptr;
  const auto& challenges = authorization.challenges;
  const auto found = std::find_if(challenges.begin(), challenges.end(), [](const Challenge& challenge) {
    return challenge.status == ChallengeStatus::processing;
  });
  return found == challenges.end() ? nullptr : &*found;
}

tl::unexpected<base::Error> no_longer_pending(const Authorization& authorization,
                                              AuthorizationStatus status) {
  return base::fail(base::ErrorKind::malformed, "the authorization of " +
                                                    in_quotes(authorization.identifier.text()) + " is " +
                                                    std::string(name_of(status)));
}

std::string key_authorization(std::string_view token, std::string_view thumbprint) {
  return std::string(token) + '.' + std::string(thumbprint);
}

std::string dns01_value(std::string_view token, std::string_view thumbprint) {
  return base::base64url(base::sha256(key_authorization(token, thumbprint)));
}

}  // namespace acmecore
