#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "acmecore/certificate.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/revocation.h"
#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// Which certificates a job revokes: those of which all that is given here holds. At least one is given.
struct RevocationFilter {
  std::string account = {};
  std::string ca = {};  // a ca_id
  std::optional<base::Time> issued_from = {};
  std::optional<base::Time> issued_before = {};
  base::Bytes spki_digest = {};  // SHA-256
  std::string profile = {};      // its name

  bool empty() const;
  bool operator==(const RevocationFilter&) const = default;
};

// Certificates that are being revoked in the background, page by page, each page in one commit with how far it is.
struct RevocationJob {
  std::string id;
  RevocationFilter filter;
  RevocationReason reason;
  std::string by;  // the credential of who wants it; empty: nobody, it follows from a key's being known
  base::Time created;
  base::Bytes position = {};  // the serial that was looked at last; what comes behind it is still to be done
  uint64_t examined = 0;
  uint64_t revoked = 0;
  std::optional<base::Time> ended = {};
  bool stopped = false;  // somebody ended it before it was done

  bool operator==(const RevocationJob&) const = default;
};

// Whether all that the filter gives holds of the certificate. Here and below, `ca`: IssuerSet::ca_of it.
bool fits(const RevocationFilter& filter, const IssuedCertificate& certificate, const std::string& ca);

// Whether the job is to revoke this certificate now: the filter fits, and it is neither revoked nor expired; one that
// is revoked for another reason is told of again where the job's is keyCompromise (BR 4.9.1.1, 7.2.2). What renews
// itself is left alone where only its key is asked for: its order has ended with the key (RFC 8739 §3.1.2).
bool is_to_be_revoked(const RevocationJob& job, const IssuedCertificate& certificate, const std::string& ca,
                      base::Time now);

}  // namespace acmecore
