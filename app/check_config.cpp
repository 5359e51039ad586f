#include "app/check_config.h"

#include "app/callers.h"
#include "app/cookie_secrets.h"
#include "app/identities.h"
#include "app/issuer_places.h"
#include "app/policy.h"
#include "app/profiles.h"
#include "app/publish_role.h"
#include "app/revocation_role.h"
#include "app/validator_role.h"
#include "base/time.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Role;

namespace {

Result<void> check_roles(const base::Config& config) {
  const bool has_ca = config.roles.contains(Role::ca);
  const bool has_validator = config.roles.contains(Role::validator);
  if (config.roles.empty())
    return fail(ErrorKind::malformed, "roles: at least one of \"dns\", \"ca\", \"validator\"");
  if (has_ca && !has_validator) {
    return fail(ErrorKind::malformed, "roles: \"ca\" needs \"validator\" beside it, to prove names with");
  }
  if (has_validator && !has_ca && config.update.alias_zones.empty()) {
    return fail(
        ErrorKind::malformed,
        "roles: \"validator\" needs \"ca\" or update.alias_zones beside it, because nobody else asks it");
  }
  if (!has_ca && config.grpc.tls.empty()) {
    return fail(
        ErrorKind::malformed,
        "grpc.tls_certificate and grpc.tls_key are needed: without the role \"ca\" there is no CA here "
        "that would issue the listener's certificate");
  }
  if (!has_ca && publishes_status(config)) {
    return fail(ErrorKind::malformed,
                "roles: revocation.listen and revocation.external_url are of no use without \"ca\", because "
                "there are no certificates here");
  }
  const bool needs_identity = !config.publish.listen.empty() && !config.publish.plain_http;
  if (!has_ca && needs_identity && config.publish.tls.empty()) {
    return fail(
        ErrorKind::malformed,
        "publish.tls_certificate and publish.tls_key are needed: without the role \"ca\" there is no CA "
        "here that would issue the listener's certificate");
  }
  if (!has_ca && !config.dns.tls.listen.empty() && config.dns.tls.files.empty()) {
    return fail(
        ErrorKind::malformed,
        "dns.tls.certificate and dns.tls.key are needed: without the role \"ca\" there is no CA here that "
        "would issue a certificate for DNS over TLS");
  }
  return {};
}

// Where their names lead is asked from a resolver.
Result<void> check_alias_zones(const base::Config& config) {
  if (config.update.alias_zones.empty() || config.roles.contains(Role::validator)) return {};
  return fail(ErrorKind::malformed,
              "update.alias_zones: the role \"validator\" is needed, to find out where their names lead");
}

}  // namespace

Result<void> check_config(const base::Config& config) {
  CHECK(check_roles(config));
  CHECK(check_alias_zones(config));
  CHECK(policy_rules(config.policy));
  if (config.roles.contains(Role::ca)) {
    TRY(const auto places, issuer_places(config));
    for (const acmecore::IssuerPlace& place : places) {
      CHECK(place.alternates());
      CHECK(acmecore::check_issuer(place));
    }
  }
  CHECK(check_profiles(config, base::SystemClock().now()));
  CHECK(load_credentials(config.grpc));
  CHECK(load_identity(config.dns.tls.files));
  CHECK(load_identity(config.acme.tls));
  CHECK(load_identity(config.grpc.tls));
  CHECK(load_identity(config.publish.tls));
  CHECK(load_registration(config.publish.registration));
  CHECK(load_client_ca(config.grpc.client_ca));
  if (config.roles.contains(Role::validator))
    CHECK(validator::unbound_settings(unbound_options(config.validator)));
  if (!config.dns.cookie_secrets.empty()) CHECK(read_cookie_secrets(config.dns.cookie_secrets));
  return {};
}

}  // namespace app
