#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/crl_shard.h"
#include "acmecore/revocation.h"
#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/time.h"

namespace acmecore {

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
  std::optional<CrlShard> crl =
      {};  // the one that it names, and is in once it is revoked; none: it names none
  std::string issuer =
      {};  // Issuer::ca of who signed it; empty: it was signed when there was one alone, or is not yet
  std::string profile = {};                      // by which it was made; empty: the only one, or our own
  std::vector<std::string> authorizations = {};  // ids of those that its names were proved by
  bool publicly_trusted = false;                 // its profile keeps the Baseline Requirements

  bool operator==(const IssuedCertificate&) const = default;
};

}  // namespace acmecore
