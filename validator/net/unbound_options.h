#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "validator/stub_zone.h"

namespace validator {

// Look-ups that wait for one under way to end. Who comes then would hardly get its turn in time, and each holds a
// caller and its memory.
inline constexpr size_t kLookupsWaitingMax = 1024;

// How UnboundResolver resolves. What is not said here is not to be chosen: 0x20 (with its fallback), an EDNS
// buffer of 1232 octets, TCP where an answer is truncated, no QNAME minimisation, no aggressive use of NSEC.
struct UnboundOptions {
  // A zone file with the root's NS and their addresses. Empty: IANA's, built into libunbound.
  std::filesystem::path root_hints = {};

  // Asked before root_hints, for names that only the own network knows.
  std::vector<StubZone> stub_zones = {};

  // A file with one DS or DNSKEY record a line. Empty: IANA's for the root. That of the root does not reach
  // into stub zones, which the public DNS knows nothing of; another one at or above their apex does.
  std::filesystem::path trust_anchors = {};

  // Whether to ask name servers at private-use and loopback addresses, which an internal CA must. Where
  // strangers may have accounts, say no: NS records then lead nobody's questions into the own network. Stub
  // zones' servers are asked in any case, link-local addresses in none.
  bool allow_private_addresses = true;

  // For one look-up with all its retransmissions.
  std::chrono::milliseconds timeout = std::chrono::seconds(10);

  // More wait until one of them is done. Each holds about 1.5 MB.
  size_t lookups_in_flight_max = 64;

  // One more is refused.
  size_t lookups_waiting_max = kLookupsWaitingMax;
};

// One setting, as libunbound wants to be told.
struct UnboundSettings {
  std::vector<std::pair<std::string, std::string>> options;  // as in unbound.conf; the name with its colon
  std::vector<std::pair<std::string, std::string>> stubs;    // apex, "192.0.2.1@53"
  std::vector<std::string> trust_anchors;                    // records in presentation form
};

// Reads the files and translates once, so that a context for one look-up costs no I/O but root_hints.
// malformed and not_found name the file or the setting.
base::Result<UnboundSettings> unbound_settings(const UnboundOptions& options);

}  // namespace validator
