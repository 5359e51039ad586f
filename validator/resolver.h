#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"
#include "base/task.h"

namespace validator {

// RR types that are asked for (RFC 1035 §3.2.2).
inline constexpr uint16_t kCname = 5;
inline constexpr uint16_t kTxt = 16;

// How a look-up ended. The first three are what a responsible server says of the name (RFC 2308 §2); the
// others say nothing about it (RFC 2308 §7).
enum class Outcome {
  noerror,   // the RRset exists
  nodata,    // the name exists without it
  nxdomain,  // the name does not exist
  servfail,  // no server gave a usable answer, or the answer is bogus
  timeout,   // no answer within the time that a look-up may take
};

// DNSSEC's verdict on the whole answer (RFC 4035 §4.3). Indeterminate is insecure here: no trust anchor
// covers it.
enum class Security { secure, insecure, bogus };

// What one look-up saw: all that a decision, its evidence or an error message needs.
struct Lookup {
  base::Name name;  // what was asked for
  uint16_t type = kTxt;
  // `name`, then every CNAME target in order; the last owns the RRset. With servfail and timeout only `name`
  // may be known.
  std::vector<base::Name> path = {};
  Outcome outcome = Outcome::servfail;
  Security security = Security::insecure;
  std::vector<base::Bytes> rdata = {};  // the whole RRset, in wire form; empty unless noerror
  // Whose response ended the look-up, and the zone that it was asked as a server of: "192.0.2.1#53 (acme.test.)".
  // Empty: none responded.
  std::string server = {};
  std::string why = {};  // of servfail, timeout and bogus, in the resolver's words; may be empty
  std::chrono::milliseconds took{0};

  bool operator==(const Lookup&) const = default;
};

// "NOERROR", "NODATA", "NXDOMAIN", "SERVFAIL", "timeout".
std::string_view name_of(Outcome outcome);

// "secure", "insecure", "bogus".
std::string_view name_of(Security security);

// Asks the DNS from one place on the network.
class Resolver {
 public:
  virtual ~Resolver() = default;

  // Follows CNAME, DNAME and delegations to the RRset of `type` at `name`. No RRset on the path is taken from
  // a cache: each was sent by a responsible server after this call began. unavailable: it could not ask, for
  // reasons that are ours (shutting down, no sockets left).
  virtual base::Task<base::Result<Lookup>> resolve(base::Name name, uint16_t type) = 0;
};

}  // namespace validator
