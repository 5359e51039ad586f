#pragma once

#include "acmecore/validation.h"
#include "validator/dns01.h"

namespace app {

// What acmecore needs to have measured, measured by the validator in this process.
class ValidationAdapter final : public acmecore::Validation {
 public:
  // `dns01` outlives the adapter.
  explicit ValidationAdapter(validator::Dns01& dns01) : dns01_(dns01) {}

  base::Task<acmecore::Verdict> dns01(base::Name identifier, std::string expected) override;
  base::Task<base::Result<acmecore::ChallengePath>> challenge_path(base::Name identifier) override;

 private:
  validator::Dns01& dns01_;
};

// The same observation in acmecore's words.
acmecore::Observation to_acmecore(const validator::Observation& observation);

}  // namespace app
