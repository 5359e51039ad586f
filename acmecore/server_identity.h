#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "acmecore/issuers.h"
#include "acmecore/records.h"
#include "acmecore/validity.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

inline constexpr std::chrono::hours kServerIdentityLifetime{30 * 24};

// A key and a certificate for our own HTTPS and gRPC listeners.
struct ServerIdentity {
  std::string chain_pem;
  std::string key_pem;  // secret
  Serial serial;
  Validity validity;  // replace it once due_for_renewal(validity, now)
};

// A new key, certified by the issuer that is called `issuer` for "localhost", 127.0.0.1, ::1 and `hosts`: DNS names,
// and IP addresses as text; but for those that the issuer is held not to certify (RFC 5280 §4.2.1.10). Its subject is
// the first name of `hosts` that fits there, because some clients, GnuTLS's kdig among them, take no empty one. The
// key lives in memory only, and the next start makes another; the certificate is among `records`, like every other,
// its serial before it is signed, also where the store has no room but its reserve. malformed: a host that is neither.
// unavailable: the issuer may certify none of them. The errors of the records.
base::Task<base::Result<ServerIdentity>> new_server_identity(Records& records, const Issuers& issuers,
                                                             std::string issuer,
                                                             std::vector<std::string> hosts, base::Time now);

}  // namespace acmecore
