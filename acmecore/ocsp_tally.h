#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "acmecore/records.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// So long the OCSP responses of a CA are counted before the audit log has them: 144 entries a day at most, 30 KB.
inline constexpr std::chrono::minutes kOcspTallyPeriod{10};

// OCSP responses that were signed, on their way into the audit log (BR 5.4.1). Whoever asks can have as many signed as
// he likes, so none waits for a commit and none has an entry of its own: they are counted, by the CA whose key signs
// them, and each count becomes one event, with the time of its first and of its last. Thread-safe.
class OcspTally {
 public:
  // Both outlive it.
  OcspTally(Records& records, const base::Clock& clock) : records_(records), clock_(clock) {}

  // The key of the CA (Issuer::ca) has signed one. `produced_at`: as the response says.
  void note(const std::string& ca, base::Time produced_at);

  // Writes each count that began kOcspTallyPeriod ago; with `all`, before the process ends, every one. Also where the
  // store is full, for signing goes on there. What a commit that failed took with it is counted further. To be called
  // every second.
  base::Task<base::Result<void>> flush(bool all = false);

 private:
  struct Count {
    uint64_t responses;
    base::Time first;
    base::Time last;
  };
  using Counts = std::map<std::string, Count>;  // by Issuer::ca

  Counts take(bool all);
  void add(const std::string& ca, const Count& count);

  Records& records_;
  const base::Clock& clock_;

  // Requests on any thread note what one flushes. Held for a few entries, one for each CA.
  std::mutex mutex_;
  Counts counts_;
};

}  // namespace acmecore
