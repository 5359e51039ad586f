#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// RFC 5280 §5.3.1.
enum class RevocationReason {
  unspecified = 0,
  key_compromise = 1,
  affiliation_changed = 3,
  superseded = 4,
  cessation_of_operation = 5,
};

struct Revocation {
  base::Time time;
  RevocationReason reason;

  bool operator==(const Revocation&) const = default;
};

// A certificate that we signed and gave out, or one for our own listeners, which is recorded before it is signed.
struct IssuedCertificate {
  Serial serial;
  std::string account;  // empty: our own
  std::string order;    // the same
  base::Bytes der;      // empty: our own, and a process ended before it was signed
  base::Time issued;
  base::Time not_after;
  std::optional<Revocation> revocation;
  bool auto_renewed = false;            // its order renews itself (RFC 8739)
  std::string replaced_by = {};         // the latest order that replaces it (RFC 9773 §5)
  std::vector<std::string> hosts = {};  // what our own is for: names and addresses

  bool operator==(const IssuedCertificate&) const = default;
};

// The reason that a subscriber asks for (RFC 8555 §7.6); absent is unspecified. bad_revocation_reason: not one of
// those above, which are what BR 7.2.2 leaves to a subscriber.
base::Result<RevocationReason> parse_reason(std::optional<int64_t> code);

}  // namespace acmecore
