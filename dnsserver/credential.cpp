#include "dnsserver/credential.h"

#include <algorithm>
#include <tuple>

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;

bool holds(const Scope& scope, const Name& owner) {
  return scope.reach == Scope::Reach::name ? owner == scope.name : owner.is_under(scope.name);
}

// The greater one decides.
auto weight(const Scope& scope) {
  return std::tuple(scope.name.label_count(), scope.reach == Scope::Reach::name, scope.excluded);
}

Result<void> check_scopes(const Credential& credential) {
  if (credential.scopes.empty()) {
    return fail(ErrorKind::malformed, "scopes: a credential needs a name that it may write at");
  }
  if (credential.scopes.size() > kScopesMax) {
    return fail(ErrorKind::too_large, "scopes: a credential has at most 1000");
  }
  for (auto scope = credential.scopes.begin(); scope != credential.scopes.end(); ++scope) {
    const auto same = [&](const Scope& other) {
      return other.name == scope->name && other.reach == scope->reach;
    };
    if (std::any_of(credential.scopes.begin(), scope, same)) {
      return fail(ErrorKind::malformed, "scopes: " + scope->name.text() + " is there twice");
    }
    if (scope->name.is_wildcard()) {
      return fail(
          ErrorKind::malformed,
          "scopes: " + scope->name.text() +
              " is a wildcard, at which no challenge stands; for all names below it say so by its reach");
    }
  }
  return {};
}

Result<void> check_limits(const WriteLimits& limits) {
  const bool has_zero =
      limits.values_per_name == 0 || limits.names == 0 || limits.writes_per_minute == 0 || limits.burst == 0;
  if (has_zero) return fail(ErrorKind::malformed, "limits: each is at least 1");
  if (limits.values_per_name > kChallengesPerNameMax) {
    return fail(ErrorKind::malformed, "limits: values_per_name is at most 100");
  }
  if (limits.lifetime_max < std::chrono::seconds(1) || limits.lifetime_max > kChallengeLifetimeMax) {
    return fail(ErrorKind::malformed, "limits: lifetime_max is from 1 second to 30 days");
  }
  return {};
}

Result<void> check_secrets(const Credential& credential) {
  if (credential.login && (credential.login->name.empty() || credential.login->name.size() > kLoginSizeMax ||
                           credential.login->name.find(':') != std::string::npos)) {
    return fail(ErrorKind::malformed, "login: a user name has 1 to 128 octets and no colon (RFC 7617 §2)");
  }
  if (credential.tsig_keys.size() > kTsigKeysMax) {
    return fail(ErrorKind::too_large, "tsig_keys: a credential has at most 10");
  }
  for (auto key = credential.tsig_keys.begin(); key != credential.tsig_keys.end(); ++key) {
    const auto same = [&](const TsigKey& other) { return other.name == key->name; };
    if (key->name.is_root() || std::any_of(credential.tsig_keys.begin(), key, same)) {
      return fail(ErrorKind::malformed,
                  "tsig_keys: " + key->name.text() + " is there twice, or is no name of a key");
    }
    if (key->secret.size() < kTsigSecretSizeMin || key->secret.size() > kTsigSecretSizeMax) {
      return fail(ErrorKind::malformed,
                  "tsig_keys: the secret of " + key->name.text() + " has 16 to 512 octets, in base64");
    }
  }
  return {};
}

}  // namespace

Result<void> check_usable(const Credential& credential, const std::optional<base::IpAddress>& source,
                          Time now) {
  const std::string which = "credential " + credential.id;
  if (credential.disabled) return fail(ErrorKind::unauthorized, which + " is disabled");
  if (credential.expires && *credential.expires <= now) {
    return fail(ErrorKind::unauthorized, which + " expired at " + base::rfc3339(*credential.expires));
  }
  if (credential.sources.empty()) return {};
  const auto has_source = [&](const base::IpNetwork& network) { return source && network.contains(*source); };
  if (std::ranges::any_of(credential.sources, has_source)) return {};
  return fail(ErrorKind::unauthorized,
              which + " may not be used from " + (source ? source->text() : "an unknown address"));
}

Result<void> permits(const Credential& credential, const Name& owner,
                     const std::optional<base::IpAddress>& source, Time now) {
  CHECK(check_usable(credential, source, now));
  return check_scope(credential, owner);
}

Result<void> check_scope(const Credential& credential, const Name& owner) {
  const Scope* decides = nullptr;
  for (const Scope& scope : credential.scopes) {
    if (holds(scope, owner) && (decides == nullptr || weight(*decides) < weight(scope))) decides = &scope;
  }
  const std::string what = "credential " + credential.id + " may not write at " + owner.text();
  if (decides == nullptr) return fail(ErrorKind::unauthorized, what + ": none of its scopes holds that name");
  if (decides->excluded) {
    return fail(ErrorKind::unauthorized,
                what + ": its scope " + decides->name.text() + " excludes that name");
  }
  return {};
}

Result<void> check_credential(const Credential& credential) {
  CHECK(check_scopes(credential));
  CHECK(check_limits(credential.limits));
  if (credential.sources.size() > kSourcesMax) {
    return fail(ErrorKind::too_large, "sources: a credential has at most 100 networks");
  }
  if (credential.comment.size() > kCommentSizeMax) {
    return fail(ErrorKind::too_large, "comment: it has at most 256 octets");
  }
  return check_secrets(credential);
}

}  // namespace dnsserver
