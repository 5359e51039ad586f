#include "app/validator_role.h"

#include <utility>

namespace app {

using base::Result;

validator::UnboundOptions unbound_options(const base::Config::Validator& config) {
  validator::UnboundOptions options;
  options.root_hints = config.root_hints;
  options.trust_anchors = config.trust_anchors;
  options.allow_private_addresses = config.allow_private_addresses;
  options.timeout = config.timeout;
  for (const base::StubZone& stub : config.stub)
    options.stub_zones.push_back({stub.zone, stub.addresses});
  return options;
}

Result<std::unique_ptr<ValidatorRole>> ValidatorRole::open(const base::Config::Validator& config,
                                                           const std::vector<base::Name>& own_zones,
                                                           const std::vector<base::Endpoint>& own_servers,
                                                           const base::Clock& clock, Runtime& runtime) {
  validator::UnboundOptions options = unbound_options(config);
  for (const base::Name& zone : own_zones)
    options.stub_zones.push_back({zone, own_servers});
  TRY(auto resolver, validator::UnboundResolver::open(runtime.executor(), options));
  return std::unique_ptr<ValidatorRole>(new ValidatorRole(std::move(resolver), clock));
}

ValidatorRole::ValidatorRole(std::unique_ptr<validator::UnboundResolver> resolver, const base::Clock& clock)
    : resolver_(std::move(resolver)), dns01_(*resolver_, clock), validation_(dns01_) {}

}  // namespace app
