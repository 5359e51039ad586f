#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "acmecore/audit_event.h"
#include "acmecore/gcra.h"
#include "acmecore/records.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// Entries that refusals make in the audit log at most, whoever is refused how often: 5 MB a day of the longest.
inline constexpr Rate kRefusalRate{600, std::chrono::hours(1)};

// Refusals that are told apart while they wait for their entry. Beyond, those of one kind are one.
inline constexpr size_t kRefusalsHeldMax = 256;

// What is kept of a single one: identifiers, sentences, and octets of each sentence.
inline constexpr size_t kRefusedIdentifiersMax = 10;
inline constexpr size_t kRefusalSentenceMax = 300;

// Whether an error refuses something to somebody, and is not a client's mistake or our trouble.
bool is_refusal(base::ErrorKind kind);

// Requests that were refused, on their way into the audit log. A refusal changes nothing, so there is no commit that
// its event could be part of, and a flood of them must not fill the disk: they are written a little later, at most
// kRefusalRate. Those that are of one kind, to one actor, of one account and for one problem wait as one event, which
// tells of the first what it is about, and how many they were. Thread-safe.
class Refusals {
 public:
  // Both outlive it.
  Refusals(Records& records, const base::Clock& clock) : records_(records), clock_(clock) {}

  // REQUIRES: an event of one refusal.
  void note(AuditEvent refusal);

  // Writes those for which there is room; with `all`, before the process ends, every one. What a commit that failed
  // took with it waits again. To be called every second.
  base::Task<base::Result<void>> flush(bool all = false);

 private:
  std::vector<AuditEvent> take(bool all);
  void hold(AuditEvent refusal);

  Records& records_;
  const base::Clock& clock_;
  RegainedAt regained_;  // of the one that flushes

  // Requests on any thread note what one flushes. Held while a list of kRefusalsHeldMax is looked through.
  std::mutex mutex_;
  std::vector<AuditEvent> held_;
};

}  // namespace acmecore
