#pragma once

#include <atomic>
#include <vector>

#include "acmecore/lint/lint.h"
#include "acmecore/serial.h"
#include "base/error.h"

namespace acmecore::lint {

// Tells the log of findings. Any thread may use it.
class FindingLog {
 public:
  FindingLog();

  // Of a leaf with this serial number. Each error is told: "acme.lint.error". Of warnings the first with a rule is, for
  // each kind of profiles: "acme.lint.warning". internal: there is an error; the detail is the first one.
  base::Result<void> note(const std::vector<Finding>& findings, ProfileRules whose, const Serial& serial);

 private:
  std::vector<std::atomic<bool>> told_;  // of warnings
};

}  // namespace acmecore::lint
