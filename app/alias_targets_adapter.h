#pragma once

#include <atomic>

#include "acmecore/validation.h"
#include "dnsserver/alias_targets.h"

namespace app {

// Where the challenge of a name in somebody else's zone stands, as the validator in this process sees it.
class AliasTargetsAdapter final : public dnsserver::AliasTargets {
 public:
  // Until a validation is set, everything is unavailable. Set it before updates come.
  void set(acmecore::Validation& validation) { validation_ = &validation; }

  base::Task<base::Result<base::Name>> target(base::Name owner) override;

 private:
  std::atomic<acmecore::Validation*> validation_ = nullptr;
};

}  // namespace app
