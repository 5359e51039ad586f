#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "app/alias_adapter.h"
#include "app/dns_role.h"
#include "app/runtime.h"
#include "base/config.h"
#include "base/http/listener.h"
#include "base/http/tls.h"
#include "dnsserver/http/door.h"

namespace app {

// What the configuration says of registration, with the secrets read from their files. unavailable, malformed: a
// file cannot be read, or is empty.
base::Result<dnsserver::http::Registration> load_registration(
    const base::Config::Publish::Registration& config);

// Publishing challenge values by HTTP, beside the DNS that shows them.
class PublishRole {
 public:
  // Serves from now on: without an identity in the clear, without a validation (null) knowing no aliases. The errors
  // of load_registration and Listener::open. The arguments outlive the role, and the role the work on the runtime.
  static base::Result<std::unique_ptr<PublishRole>> open(
      const base::Config& config, DnsRole& dns, storage::Store& store, acmecore::Validation* validation,
      const base::Clock& clock, Runtime& runtime, const std::optional<base::http::TlsIdentity>& identity);

  const std::vector<base::Endpoint>& endpoints() const { return listener_->endpoints(); }

  // REQUIRES: it was opened with an identity.
  base::Result<void> renew(const base::http::TlsIdentity& identity) { return listener_->renew(identity); }

  // Answers what is under way, for as long as HttpLimits::drain_timeout. Nothing is served afterwards.
  base::Task<> drain() { return listener_->drain(); }

 private:
  PublishRole(DnsRole& dns, storage::Store& store, acmecore::Validation* validation, const base::Clock& clock,
              dnsserver::http::DoorOptions options);

  std::optional<AliasAdapter> aliases_;
  std::optional<dnsserver::http::Door> door_;
  std::unique_ptr<base::http::Listener> listener_;
};

}  // namespace app
