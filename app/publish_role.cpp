#include "app/publish_role.h"

#include "app/files.h"
#include "base/openssl.h"

namespace app {

using base::Result;
using base::Task;
namespace door = dnsserver::http;
namespace http = base::http;

namespace {

door::Registration::Access access_of(base::RegistrationAccess access) {
  switch (access) {
    case base::RegistrationAccess::closed: return door::Registration::Access::closed;
    case base::RegistrationAccess::guarded: return door::Registration::Access::guarded;
    case base::RegistrationAccess::open: return door::Registration::Access::open;
  }
  return door::Registration::Access::closed;
}

}  // namespace

Result<door::Registration> load_registration(const base::Config::Publish::Registration& config) {
  door::Registration registration;
  registration.access = access_of(config.access);
  registration.zone = config.zone;
  registration.networks = config.networks;
  registration.user = config.user;
  registration.rate = {config.per_minute, config.per_minute};
  if (!config.token_file.empty()) {
    TRY(const std::string token, read_token(config.token_file));
    registration.token_sha256 = base::sha256(token);
  }
  if (!config.password_file.empty()) {
    TRY(const std::string password, read_token(config.password_file));
    registration.password_sha256 = base::sha256(password);
  }
  return registration;
}

PublishRole::PublishRole(DnsRole& dns, storage::Store& store, acmecore::Validation* validation,
                         const base::Clock& clock, door::DoorOptions options) {
  if (validation != nullptr) aliases_.emplace(*validation);
  door_.emplace(dns.publishing(), dns.credentials(), store, aliases_ ? &*aliases_ : nullptr, clock,
                std::move(options));
}

Result<std::unique_ptr<PublishRole>> PublishRole::open(const base::Config& config, DnsRole& dns,
                                                       storage::Store& store,
                                                       acmecore::Validation* validation,
                                                       const base::Clock& clock, Runtime& runtime,
                                                       const std::optional<http::TlsIdentity>& identity) {
  door::DoorOptions options;
  TRY(options.registration, load_registration(config.publish.registration));
  options.trusted_proxies = config.publish.trusted_proxies;
  options.cors_origins = config.publish.cors_origins;
  options.value_lifetime = config.publish.value_lifetime;
  std::unique_ptr<PublishRole> role(new PublishRole(dns, store, validation, clock, std::move(options)));
  const auto handle = [door = &*role->door_](http::Request request) -> Task<http::Response> {
    return door->handle(std::move(request));
  };
  const auto executor = runtime.executor();
  if (identity) {
    TRY(role->listener_,
        http::Listener::open(executor, config.publish.listen, *identity, config.http, handle, door::refusal));
  } else {
    TRY(role->listener_,
        http::Listener::open_plain(executor, config.publish.listen, config.http, handle, door::refusal));
  }
  return role;
}

}  // namespace app
