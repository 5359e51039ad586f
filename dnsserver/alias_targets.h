#pragma once

#include "base/error.h"
#include "base/name.h"
#include "base/task.h"

namespace dnsserver {

// Where the challenge of a name stands that lives in somebody else's zone. Whoever wires this server asks a
// resolver, as the outside world does.
class AliasTargets {
 public:
  virtual ~AliasTargets() = default;

  // The last target of the CNAMEs at `owner`, and without a CNAME the owner itself, whether or not something
  // stands there. malformed: not a name of a challenge. dns, unavailable: no answer to go by.
  virtual base::Task<base::Result<base::Name>> target(base::Name owner) = 0;
};

}  // namespace dnsserver
