#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ip_network.h"
#include "base/name.h"
#include "base/time.h"

namespace validator::doctor {

// Registered credentials of one name that are told of, and names of one credential.
inline constexpr size_t kHoldersToldMax = 10;
inline constexpr size_t kRegisteredNamesMax = 10;

// Who calls, and so whom the canary is published by.
struct Caller {
  std::string name;            // "lab"; its id where it is registered
  bool is_registered = false;  // else it is of the server's configuration, and may write everywhere, for ever
  std::optional<base::IpAddress> address = {};  // that the call came from

  bool operator==(const Caller&) const = default;
};

// A publishing credential that the server has in its store, as far as one name is concerned.
struct Registration {
  std::string id;
  bool disabled = false;
  std::optional<base::Time> expires = {};
  std::vector<base::IpNetwork> networks = {};        // that it may be used from; none: from anywhere
  std::vector<std::string> key_algorithms = {};      // of its TSIG keys: "hmac-sha256"
  std::vector<std::string> refused_algorithms = {};  // those of them that the server does not take
  std::vector<base::Name> names = {};  // in zones of the server, that its scopes give one by one
  bool may_write = false;              // its scopes hold the name that was asked about

  bool operator==(const Registration&) const = default;
};

// Who may publish at one name, beside the credentials of the configuration.
struct Holders {
  std::vector<Registration> registrations = {};  // usable or not, at most kHoldersToldMax
  bool was_handed_out = false;                   // to a client, at some time; it never is again
  bool can_be_chosen = false;                    // a client may ask for this name, and have it

  bool operator==(const Holders&) const = default;
};

// Neither disabled nor expired.
inline bool is_live(const Registration& registration, base::Time now) {
  return !registration.disabled && (!registration.expires || *registration.expires > now);
}

}  // namespace validator::doctor
