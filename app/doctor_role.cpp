#include "app/doctor_role.h"

#include <utility>

#include "validator/net/ask_all.h"
#include "validator/net/reach.h"

namespace app {

namespace {

std::vector<validator::StubZone> stubs_of(const base::Config::Validator& config) {
  std::vector<validator::StubZone> stubs;
  for (const base::StubZone& stub : config.stub)
    stubs.push_back({stub.zone, stub.addresses});
  return stubs;
}

// The operator chose all of these, so they may be asked wherever they are.
validator::AsioProberOptions prober_options(const base::Config& config, const DnsRole& dns,
                                            const std::vector<base::Endpoint>& resolvers) {
  validator::AsioProberOptions options;
  options.allow_private_addresses = config.validator.allow_private_addresses;
  options.configured = dns.endpoints();
  options.configured.insert(options.configured.end(), resolvers.begin(), resolvers.end());
  for (const base::StubZone& stub : config.validator.stub)
    options.configured.insert(options.configured.end(), stub.addresses.begin(), stub.addresses.end());
  return options;
}

bool is_public(const base::Endpoint& endpoint) { return validator::is_reachable(endpoint, false, {}); }

}  // namespace

DoctorRole::DoctorRole(const base::Config& config, DnsRole& dns, ValidatorRole& validator,
                       const base::Clock& clock, std::vector<base::Endpoint> resolvers)
    : dns_(dns),
      resolvers_(std::move(resolvers)),
      own_(dns, config, clock),
      prober_(prober_options(config, dns, resolvers_)),
      instruments_{validator.resolver(),       prober_,  own_, validator.pause(), clock, validator::ask_all,
                   stubs_of(config.validator), is_public},
      propagation_(instruments_) {}

std::optional<validator::doctor::Caller> DoctorRole::caller_by_token(
    const std::string& token, const std::optional<base::IpAddress>& address) const {
  const auto credential = dns_.credentials().authenticate_token(token, address);
  if (!credential) return std::nullopt;
  return validator::doctor::Caller{(*credential)->id, true, address};
}

}  // namespace app
