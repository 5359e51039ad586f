#pragma once

#include "dnsserver/propagation.h"
#include "validator/doctor/gather.h"

namespace app {

// What dnsserver wants to see of its zones from outside, seen by the validator in this process. Once given up nothing
// more is asked, and what was asked by then ends by itself: a prober's and a resolver's times are bounded.
class PropagationAdapter final : public dnsserver::Propagation {
 public:
  // `with` and what it refers to outlive the adapter.
  explicit PropagationAdapter(const validator::doctor::Instruments& with) : with_(with) {}

  base::Task<base::Result<std::vector<dnsserver::FoundServer>>> find_servers(
      base::Name apex, dnsserver::GivenUp given_up) override;
  base::Task<std::vector<dnsserver::AddressSeen>> look(std::vector<dnsserver::FoundServer> servers,
                                                       base::Name owner, base::Bytes value,
                                                       dnsserver::GivenUp given_up) override;
  base::Task<std::chrono::seconds> denied_for(base::Name apex, std::vector<dnsserver::FoundServer> servers,
                                              dnsserver::GivenUp given_up) override;
  base::Task<> pause(std::chrono::milliseconds duration) override;

 private:
  const validator::doctor::Instruments& with_;
};

}  // namespace app
