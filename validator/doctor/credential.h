#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "validator/doctor/finding.h"
#include "validator/doctor/parent.h"
#include "validator/doctor/registration.h"

namespace validator::doctor {

// A credential with less time left than this is to be looked at: certificates are renewed every few weeks.
inline constexpr std::chrono::days kCredentialSoon{14};
// How far a client's clock may be from ours: what is not worth a word, and what TSIG's fudge takes (RFC 8945 §10).
inline constexpr std::chrono::seconds kClockGood{60};
inline constexpr std::chrono::seconds kFudge{300};

// The credential that the challenges of a name are, or are to be, published with.
struct CredentialSeen {
  base::Name owner;  // of the TXT RRset, as far as is known
  std::string id;    // "lab": of the configuration, if there is no registration
  std::optional<base::Result<Registration>> registration = {};
  std::optional<base::Result<Holders>> holders = {};  // of the owner; nothing: no zone of ours holds it
  bool tells_ids = true;                              // the caller may know of others' credentials
  std::optional<base::IpAddress> client = {};         // where it is used
  std::optional<std::chrono::milliseconds> clock_ahead = {};  // of its clock before the server's
  base::Time now = {};
};

// parent.registration: whether somebody is registered for the name that the path leads to.
Findings check_registration(const ParentSeen& parent, const CredentialSeen& seen);

// credential.state, credential.scope, credential.source, credential.keys, credential.clock.
Findings check_credential(const CredentialSeen& seen);

}  // namespace validator::doctor
