#pragma once

#include <optional>

#include "acmecore/audit_log.h"
#include "acmecore/audit_retention.h"
#include "acmecore/records.h"
#include "app/loop.h"
#include "app/runtime.h"
#include "base/config.h"
#include "storage/store.h"

namespace app {

// The audit log of a server, whatever its other roles are.
class AuditRole {
 public:
  // Removes what is not needed any more, from now on and by the minute. The arguments outlive the role, and the
  // role its work on the runtime.
  AuditRole(const base::Config& config, storage::Store& store, const base::Clock& clock, Runtime& runtime);

  acmecore::AuditLog& log() { return log_; }

  // Ends what goes on in the background.
  void stop() { removal_->stop(); }

 private:
  acmecore::AuditLog log_;
  acmecore::Records records_;
  acmecore::AuditRetention retention_;  // of the loop
  std::optional<Loop> removal_;
};

}  // namespace app
