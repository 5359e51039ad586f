#include "app/check_config.h"

#include "app/callers.h"
#include "app/files.h"
#include "app/identities.h"
#include "app/publish_role.h"

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
  if (has_validator && !has_ca) {
    return fail(ErrorKind::malformed,
                "roles: \"validator\" needs \"ca\" beside it, because nobody else asks it yet");
  }
  if (!has_ca && config.grpc.tls.empty()) {
    return fail(
        ErrorKind::malformed,
        "grpc.tls_certificate and grpc.tls_key are needed: without the role \"ca\" there is no CA here "
        "that would issue the listener's certificate");
  }
  const bool needs_identity = !config.publish.listen.empty() && !config.publish.plain_http;
  if (!has_ca && needs_identity && config.publish.tls.empty()) {
    return fail(
        ErrorKind::malformed,
        "publish.tls_certificate and publish.tls_key are needed: without the role \"ca\" there is no CA "
        "here that would issue the listener's certificate");
  }
  return {};
}

}  // namespace

Result<void> check_config(const base::Config& config) {
  CHECK(check_roles(config));
  CHECK(load_credentials(config.grpc));
  CHECK(load_identity(config.acme.tls));
  CHECK(load_identity(config.grpc.tls));
  CHECK(load_identity(config.publish.tls));
  CHECK(load_registration(config.publish.registration));
  if (!config.grpc.client_ca.empty()) CHECK(read_file(config.grpc.client_ca));
  return {};
}

}  // namespace app
