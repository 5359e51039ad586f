#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "acmecore/authorization.h"
#include "acmecore/validation.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// Failures that a challenge's `error` lists, and look-ups that its evidence keeps: the newest.
inline constexpr size_t kFailuresKeptMax = 20;

// A client that asks for another look gets it when the one before ended this long ago.
inline constexpr std::chrono::seconds kRequestedLookMin{1};

// When a challenge that was not met is looked at again (RFC 8555 §8.2).
struct Retries {
  std::chrono::milliseconds total{0};        // from the client's response; 0: the first failure decides
  std::chrono::milliseconds interval{5000};  // from a failure to the next look
};

// Adds a look that failed to a challenge which is processing: to its evidence and its error, which says the
// latest and lists all of them as soon as there are several. It is processing until its next_look if that comes
// within `retries` and before the authorization expires, and invalid otherwise.
void add_failure(Authorization& authorization, Challenge& challenge, const Verdict& verdict,
                 const Retries& retries, base::Time now);

// The same of what any look saw.
void add_evidence(Challenge& challenge, const Verdict& verdict);

// Whether a client that responds once more to a challenge gets a look at once.
bool may_look_at_once(const Challenge& challenge, const Retries& retries, base::Time now);

// When the next look at a processing challenge is over, by the clock of `now`: what Retry-After says. At least a
// second, which is the shortest that the field can say.
std::chrono::seconds time_to_wait(const Challenge& challenge, base::Time now);

}  // namespace acmecore
