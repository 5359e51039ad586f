#pragma once

#include <memory>
#include <vector>

#include "app/runtime.h"
#include "app/validation_adapter.h"
#include "base/config.h"
#include "validator/dns01.h"
#include "validator/net/asio_pause.h"
#include "validator/net/unbound_options.h"
#include "validator/net/unbound_resolver.h"

namespace app {

// What the configuration says, in the resolver's words.
validator::UnboundOptions unbound_options(const base::Config::Validator& config);

// The primary perspective: what the CA's names are proved with.
class ValidatorRole {
 public:
  // Names at and below `own_zones` are asked from `own_servers`. The errors of UnboundResolver::open. `clock`
  // and `runtime` outlive the role.
  static base::Result<std::unique_ptr<ValidatorRole>> open(const base::Config::Validator& config,
                                                           const std::vector<base::Name>& own_zones,
                                                           const std::vector<base::Endpoint>& own_servers,
                                                           const base::Clock& clock, Runtime& runtime);

  acmecore::Validation& validation() { return validation_; }
  validator::Resolver& resolver() { return *resolver_; }
  validator::Pause& pause() { return pause_; }

  // Ends look-ups that are under way; what they decide is decided after the next start.
  void stop() { resolver_->close(); }

 private:
  ValidatorRole(std::unique_ptr<validator::UnboundResolver> resolver, const base::Clock& clock);

  const std::unique_ptr<validator::UnboundResolver> resolver_;
  validator::AsioPause pause_;
  validator::Dns01 dns01_;
  ValidationAdapter validation_;
};

}  // namespace app
