#pragma once

#include <chrono>
#include <optional>

#include "acmecore/records.h"
#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// From when on entries of the audit log are needed: what is known of a publicly trusted certificate is, beginning
// with the proof of its names, for as long as the certificate is recorded (kPublicRetention; BR 5.4.3). So it is
// also when no profile is public any more, and the configuration asks for less.
//
// Serials rise with the time, so that the first such certificate is the oldest. To be used by one at a time.
class AuditRetention {
 public:
  // `retention`: how long all entries are kept. `records` outlives the object.
  AuditRetention(Records& records, std::chrono::seconds retention)
      : records_(records), retention_(retention) {}

  // All entries before it may go. Nothing: it is not known yet which certificate is the oldest, so that none may. A
  // call looks at a bounded number of certificates, and the next goes on soon: else it might never see the last of
  // those that are issued meanwhile.
  base::Task<base::Result<std::optional<base::Time>>> needed_from(base::Time now);

 private:
  base::Task<base::Result<bool>> look_further();

  Records& records_;
  const std::chrono::seconds retention_;
  base::Bytes position_;  // none of the certificates up to this serial is publicly trusted, or they are gone
  std::optional<Serial> oldest_;  // the first that is, as far as is known
};

}  // namespace acmecore
