#pragma once

#include <optional>
#include <string>

#include "acmecore/challenge_publisher.h"
#include "acmecore/validation.h"

namespace acmecore::rpc {

// Where the challenge of one name is answered from, once that is known to be here.
struct Delegation {
  ChallengePath path;
  base::Name zone;

  const base::Name& owner() const { return path.names.back(); }
};

// Why `path` leads to no zone of this server, and the record that would lead it here: a CNAME into the zone of
// `host`, or NS to its name server.
std::string delegation_advice(const ChallengePath& path, const std::optional<ChallengePublisher::Host>& host);

}  // namespace acmecore::rpc
