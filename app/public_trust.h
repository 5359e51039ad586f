#pragma once

#include <vector>

#include "acmecore/baseline_requirements.h"
#include "acmecore/profile.h"
#include "base/config.h"
#include "base/time.h"

// What the Baseline Requirements ask of a CA that has profiles which keep them, beside what stands in certificates.
namespace app {

// What else of the configuration is not as the BR ask for certificates of this profile that are signed at `now`: how
// long proofs are used and the audit log is kept, what tells whether they are revoked, and which names the policy lets
// pass for whoever can order them. `profile` has the URLs that its certificates name.
std::vector<acmecore::BrViolation> surrounding_violations(const base::Config& config,
                                                          const acmecore::Profile& profile, base::Time now);

}  // namespace app
