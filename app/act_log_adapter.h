#pragma once

#include "base/time.h"
#include "dnsserver/act_log.h"

namespace app {

// Tells the audit log what is administered on the side of the DNS.
class ActLogAdapter final : public dnsserver::ActLog {
 public:
  // The clock outlives it.
  explicit ActLogAdapter(const base::Clock& clock) : clock_(clock) {}

  void note(const dnsserver::Act& act, storage::Batch& batch) override;

 private:
  const base::Clock& clock_;
};

}  // namespace app
