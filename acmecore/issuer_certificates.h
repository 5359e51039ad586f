#pragma once

#include <string>
#include <vector>

#include "acmecore/audit_event.h"
#include "acmecore/issuers.h"
#include "base/time.h"

// Which certificates the issuers of a server have, and for what, as the audit log tells it. Pure.
namespace acmecore {

struct IssuerCertificate {
  std::string issuer;  // its name
  std::string role;    // name_of(GenerationRole); or "alternate", of another chain for a key of the issuer's
  std::string id;      // Issuer::id: its SHA-256 in hexadecimal
  // What is told of it once, when it comes or changes its role: "subject", "key_algorithm", "key" (where it is), and
  // "ceremony" for each that is known.
  std::vector<AuditDetail> about = {};

  bool operator==(const IssuerCertificate&) const = default;
};

std::vector<IssuerCertificate> issuer_certificates(const IssuerSet& issuers);

// A detail of the event for each, in the place of those that it has.
void tell_issuers(AuditEvent& event, const std::vector<IssuerCertificate>& certificates);
// What tell_issuers told, which is not what is about them.
std::vector<IssuerCertificate> issuers_told(const AuditEvent& event);

// An issuer.changed for each certificate that has come, has gone or has another role.
std::vector<AuditEvent> issuer_changes(const std::vector<IssuerCertificate>& before,
                                       const std::vector<IssuerCertificate>& now, base::Time time);

}  // namespace acmecore
