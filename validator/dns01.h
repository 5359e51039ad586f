#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/name.h"
#include "base/task.h"
#include "base/time.h"
#include "validator/resolver.h"

namespace validator {

// CNAMEs between the challenge's name and its TXT RRset. More are an error, and so is a circle.
inline constexpr size_t kCnameHopsMax = 8;

// Values of one answer that an error message or the evidence shows; of the others only how many there are.
inline constexpr size_t kShownValuesMax = 3;

// One look-up and when it began: the evidence of a validation, kept whether or not it succeeds.
struct Observation {
  base::Time asked;
  Lookup lookup;
};

// The outcome holds nothing when control of the identifier was proved. Its error is what the challenge's
// `error` shows (RFC 8555 §6.7), save unavailable: then we could not ask, and nothing is decided.
struct Verdict {
  base::Result<void> outcome;
  std::vector<Observation> evidence;  // none where we could not ask
};

// "_acme-challenge.<identifier>". malformed: that is longer than 255 octets. REQUIRES: no wildcard label.
base::Result<base::Name> challenge_name(const base::Name& identifier);

// What is to be thought of one look-up of a challenge's TXT RRset (RFC 8555 §8.4): success if any value, its
// strings joined, is exactly `expected`.
//
// - unauthorized: a responsible server says that the name, the RRset or the value is not there;
// - dns: no answer to go by: SERVFAIL, timeout, bogus, or a path of more than kCnameHopsMax CNAMEs.
base::Result<void> judge_dns01(const Lookup& lookup, std::string_view expected);

// "asked for _acme-challenge.corp.test. TXT, led by CNAME to 7f3k.acme.test., got NXDOMAIN (insecure)".
std::string sentence(const Lookup& lookup);

// The values of a TXT RRset, each escaped and cut, at most kShownValuesMax of them, then "and 7 more".
std::vector<std::string> shown_values(const Lookup& lookup);

// Validates dns-01 challenges from the perspective of one resolver.
class Dns01 {
 public:
  Dns01(Resolver& resolver, const base::Clock& clock) : resolver_(resolver), clock_(clock) {}

  // Looks once; whether a failure is final is for whoever asks (RFC 8555 §8.2). REQUIRES: `identifier` is without
  // "*."; `expected` is not empty.
  base::Task<Verdict> validate(base::Name identifier, std::string expected);

  // The challenge's name, then every CNAME target, whether or not something stands at the end. dns: no answer
  // to go by. REQUIRES: `identifier` is without "*.".
  base::Task<base::Result<std::vector<base::Name>>> challenge_path(base::Name identifier);

 private:
  Resolver& resolver_;
  const base::Clock& clock_;
};

}  // namespace validator
