#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "acmecore/directory.h"
#include "acmecore/failing_name.h"
#include "acmecore/identifier.h"
#include "acmecore/page.h"
#include "acmecore/records.h"
#include "acmecore/requester.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

struct PausingRule {
  uint64_t after = 0;  // failed validations without a success between; 0: never
  std::chrono::seconds period =
      std::chrono::days(90);  // since the last of them: forgotten, and the pause over
};

// Names that are shown to a person at once.
inline constexpr size_t kPausedShownMax = 100;

// Pauses a name for an account that fails to prove it again and again: clients that nobody looks at go on for years.
// A pause ends when the account proves the name after all (by an authorization that it has already), when a person
// lifts it at the URL that the refusal tells, when an operator does, or after the rule's period. Nothing is read or
// written where the rule is off. Thread-safe.
class Pausing {
 public:
  // Both outlive it.
  Pausing(Records& records, const base::Clock& clock, PausingRule rule)
      : records_(records), clock_(clock), rule_(rule) {}

  // paused, with one suberror for each identifier that is, what was last wrong with it, and when the last of the
  // pauses ends in Error::retry_after.
  base::Task<base::Result<void>> check(std::string account, std::vector<Identifier> identifiers);

  // Counts a validation that failed in the commit that records it. Whether the name is paused by it.
  base::Task<base::Result<bool>> count_failure(std::string account, Identifier identifier, std::string error,
                                               Changes& changes);
  // The account proved the name.
  void forget_failures(const std::string& account, const Identifier& identifier, Changes& changes) const;

  // What is paused for an account, or for all where `account` is empty, by account and name. A page looks at `limit`
  // pauses behind `after`, and leaves out those that are over.
  base::Task<base::Result<Page<FailingName>>> paused(std::string account, std::string after, size_t limit);

  // Lifts the pauses of these names, without "*.", or of all that the account has; their failures are forgotten.
  // Returns the names whose pause was lifted. `by` is who does it, for the audit log.
  base::Task<base::Result<std::vector<std::string>>> lift(std::string account, std::vector<std::string> names,
                                                          Actor by);
  base::Task<base::Result<std::vector<std::string>>> lift_all(std::string account, Actor by);

  // What a URL ends in at which a person lifts them (unpause_token). Its errors.
  base::Task<base::Result<std::string>> token(std::string directory, std::string account);
  base::Task<base::Result<void>> check_token(std::string directory, std::string account, std::string token);

 private:
  bool is_paused(const FailingName& failing) const;

  Records& records_;
  const base::Clock& clock_;
  const PausingRule rule_;
};

}  // namespace acmecore
