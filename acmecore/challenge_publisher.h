#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/name.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// What the one-call issue needs of a challenge authority. Implemented by whoever wires it to a DNS server.
class ChallengePublisher {
 public:
  virtual ~ChallengePublisher() = default;

  // Apex of the zone that would hold `owner`. not_found: none here does.
  virtual base::Task<base::Result<base::Name>> zone_of(base::Name owner) = 0;

  // A zone that names may be delegated to, and its primary name server: what an error suggests. Nothing: there
  // is no zone here.
  struct Host {
    base::Name apex;
    base::Name name_server;
  };
  virtual base::Task<base::Result<std::optional<Host>>> suggested_host() = 0;

  // Adds a TXT value that belongs to `credential` and disappears at `expires`. It is durable, and what the
  // next query sees, when this returns.
  virtual base::Task<base::Result<void>> present(std::string credential, base::Name owner, std::string value,
                                                 base::Time expires) = 0;

  // Removes it. A value that is not there is no error.
  virtual base::Task<base::Result<void>> remove(std::string credential, base::Name owner,
                                                std::string value) = 0;
};

}  // namespace acmecore
