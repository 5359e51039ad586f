#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "base/error.h"
#include "base/name.h"
#include "base/task.h"
#include "validator/doctor/finding.h"
#include "validator/doctor/gather.h"

namespace validator::doctor {

// Labels of a name that are looked at: CAA and zones are looked up at each.
inline constexpr size_t kIdentifierLabelsMax = 30;

// What is to be examined, and for whom.
struct Examination {
  base::Name identifier;  // to certify, without "*."
  bool wildcard = false;
  Caller caller;                               // whose credential the canary is published with
  std::string credential = {};                 // the id of another one to look at; empty: the caller's
  std::optional<base::IpAddress> client = {};  // where that one is used; nothing: not known
  std::optional<std::chrono::milliseconds> clock_ahead = {};  // of the caller's clock before the server's
  bool read_only = false;                                     // no canary
  std::vector<std::string> issuers = {};                      // in CAA; none: the own CA's
  std::string account = {};                    // URI of the account that will ask the CA; empty: not known
  std::vector<base::Endpoint> resolvers = {};  // to compare with
};

// Finds out whether a name's challenges are, or will be, answered by this server everywhere, and what to change
// where they are not. Tells each finding as soon as it is known; nothing to see is a finding, too. Changes nothing
// but for a moment: the canary.
class Doctor {
 public:
  // False: nobody listens any more, and the examination ends.
  using Tell = std::function<base::Task<bool>(Finding)>;

  explicit Doctor(const Instruments& instruments) : with_(instruments) {}

  // malformed: "_acme-challenge." does not fit in front of the name, or it has more than kIdentifierLabelsMax
  // labels. Once `gone`, it ends as soon as what is under way has ended. Several may be under way at once.
  base::Task<base::Result<void>> examine(Examination examination, Tell tell, Gone gone) const;

 private:
  const Instruments with_;
};

}  // namespace validator::doctor
