#pragma once

#include "dnsserver/propagation.h"
#include "validator/doctor/gather.h"
#include "validator/zone_finder.h"

namespace app {

// What dnsserver wants to see of its zones from outside, seen by the validator in this process.
class PropagationAdapter final : public dnsserver::Propagation {
 public:
  // `with` and what it refers to outlive the adapter.
  explicit PropagationAdapter(const validator::doctor::Instruments& with);

  base::Task<base::Result<dnsserver::Sighting>> look(base::Name apex, base::Name owner, base::Bytes value,
                                                     dnsserver::GivenUp given_up) override;
  base::Task<> pause(std::chrono::milliseconds duration) override;

 private:
  base::Task<std::chrono::seconds> denied_for(const base::Name& apex,
                                              std::vector<validator::ServerAddress> addresses);

  const validator::doctor::Instruments& with_;
  validator::ZoneFinder finder_;
};

}  // namespace app
