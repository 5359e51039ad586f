#pragma once

#include <vector>

#include "app/dns_role.h"
#include "app/own_server_adapter.h"
#include "app/propagation_adapter.h"
#include "app/validator_role.h"
#include "base/config.h"
#include "validator/doctor/doctor.h"
#include "validator/net/asio_prober.h"

namespace app {

// What looks at our zones from outside: DoctorService, and callers that wait until a value is served everywhere.
class DoctorRole {
 public:
  // `resolvers`: to compare with. What it is given outlives the role.
  DoctorRole(const base::Config& config, DnsRole& dns, ValidatorRole& validator, const base::Clock& clock,
             std::vector<base::Endpoint> resolvers);

  const validator::doctor::Instruments& instruments() const { return instruments_; }
  dnsserver::Propagation& propagation() { return propagation_; }
  OwnServerAdapter& own_server() { return own_; }
  const std::vector<base::Endpoint>& resolvers() const { return resolvers_; }
  // A credential of the store by its password.
  std::optional<validator::doctor::Caller> caller_by_token(
      const std::string& token, const std::optional<base::IpAddress>& address) const;

 private:
  const DnsRole& dns_;
  const std::vector<base::Endpoint> resolvers_;
  OwnServerAdapter own_;
  validator::AsioProber prober_;
  const validator::doctor::Instruments instruments_;
  PropagationAdapter propagation_;
};

}  // namespace app
