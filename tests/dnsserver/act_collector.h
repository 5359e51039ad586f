#pragma once

#include <mutex>
#include <vector>

#include "dnsserver/act_log.h"
#include "storage/ledger.h"

namespace dnsserver {

// A log that keeps what it is told, and makes an entry of each act in a ledger of its own.
class ActCollector final : public ActLog {
 public:
  static constexpr const char* kLedger = "~";

  void note(const Act& act, storage::Batch& batch) override {
    const std::lock_guard lock(mutex_);
    acts_.push_back(act);
    batch.appends.push_back({kLedger, "act " + std::to_string(acts_.size())});
  }

  // Since it was asked last.
  std::vector<Act> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(acts_, {});
  }

 private:
  std::mutex mutex_;  // acts are told on the threads of calls
  std::vector<Act> acts_;
};

inline std::string detail_of(const Act& act, const std::string& name) {
  for (const ActDetail& detail : act.details) {
    if (detail.name == name) return detail.value;
  }
  return "";
}

}  // namespace dnsserver
