#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/name.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// What one question saw, kept with the authorization as evidence.
struct Observation {
  std::string perspective;  // who asked: "primary"
  base::Name name;          // what was asked for
  std::string type;         // "TXT"
  base::Time asked;
  std::chrono::milliseconds took;
  std::string server;               // whose response it was: "192.0.2.1#53 (acme.test.)"; empty: nobody's
  std::vector<base::Name> path;     // `name`, then every CNAME target up to the owner of the answer
  std::string result;               // "NOERROR", "NXDOMAIN", "SERVFAIL", "timeout"
  std::vector<std::string> values;  // what came back, each quoted, escaped and cut for display, at most a few
  std::string security;             // "secure", "insecure", "bogus: …"

  bool operator==(const Observation&) const = default;
};

// "asked 192.0.2.1#53 (acme.test.) for _acme-challenge.corp.test. TXT, got NOERROR \"x\" at 7f3k.acme.test. (insecure)"
std::string sentence(const Observation& observation);

// The outcome holds nothing when control of the identifier was proved. Otherwise its error is what the
// challenge's `error` shows: unauthorized (the answer is not the expected one) or dns (no answer to go by).
struct Verdict {
  base::Result<void> outcome;
  std::vector<Observation> evidence;
};

// Where the challenge of a name is answered from: "_acme-challenge.<name>", then every CNAME target.
struct ChallengePath {
  std::vector<base::Name> names;  // at least one; the last is where the TXT has to stand
};

// What acmecore needs to have measured. Implemented by whoever wires it to a validator.
class Validation {
 public:
  virtual ~Validation() = default;

  // dns-01 (RFC 8555 §8.4): does the TXT RRset at _acme-challenge.`identifier` hold `expected`? Never
  // answered from a cache. `identifier` is without "*.".
  virtual base::Task<Verdict> dns01(base::Name identifier, std::string expected) = 0;

  // Where _acme-challenge.`identifier` leads, whether or not something is there yet. dns: no answer to go by.
  virtual base::Task<base::Result<ChallengePath>> challenge_path(base::Name identifier) = 0;
};

}  // namespace acmecore
