#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assay/v1/audit.pb.h"
#include "base/time.h"

namespace app {

// What an audit report is about.
struct ReportPeriod {
  base::Time since;
  base::Time until;               // not in it
  std::chrono::seconds expiring;  // certificates that end within so long behind it are told
};

// One validation that a certificate rests on.
struct ReportedProof {
  std::string names;
  std::string method;  // "dns-01 (BR 3.2.2.4.7)"
  base::Time time;
  std::string seen;  // by the last look
};

struct ReportedCertificate {
  base::Time issued;
  std::string names;
  std::string serial;
  std::string account;
  std::string asked_by;     // and from where
  std::string approved_by;  // empty: nobody was asked
  std::string profile;
  std::optional<base::Time> not_after;
  std::vector<ReportedProof> proofs;
  std::string revoked;  // when and why; empty: it is not
};

// Whatever else happened, on a line.
struct ReportedEvent {
  base::Time time;
  std::string kind;
  std::string by;
  std::string about;    // names, or else the object's id
  std::string serial;   // of the certificate that it is about; empty: it is about none
  std::string account;  // whose object it is; empty: nobody's
  std::string problem;
  std::string reason;
  uint64_t count;
};

// One that ends soon.
struct ExpiringCertificate {
  base::Time not_after;
  std::string names;
  std::string serial;
  std::string account;
  bool renewed;  // there is a later one for the same names
};

// What a compliance officer asks of the audit log, gathered from its events.
class AuditReport {
 public:
  explicit AuditReport(const ReportPeriod& period) : period_(period) {}

  // Of the whole log: what was issued, revoked, validated, asked for and approved (kKinds), in its order and before
  // any event of add().
  static const std::vector<std::string> kKinds;
  void learn(const assay::v1::AuditEvent& event);

  // Each event of the period, in its order.
  void add(const assay::v1::AuditEvent& event);

  const ReportPeriod& period() const { return period_; }
  const std::vector<ReportedCertificate>& issued() const { return issued_; }
  const std::vector<ReportedEvent>& revoked() const { return revoked_; }
  const std::vector<ReportedEvent>& refused() const { return refused_; }  // and validations that failed
  const std::vector<ReportedEvent>& operators() const {
    return operators_;
  }                                                   // their acts, and the server's starts
  std::vector<ExpiringCertificate> expiring() const;  // the next to end first

  // How many refused requests there were, which is more than their entries.
  uint64_t refusals() const;

 private:
  struct Known {
    std::string names;
    std::string account;
    std::optional<base::Time> not_after;
    std::string revoked;
  };
  struct Asked {
    std::string by;
    std::string approved_by;
  };

  ReportedCertificate certificate(const assay::v1::AuditEvent& event) const;

  const ReportPeriod period_;
  std::map<std::string, Known> certificates_;    // by serial
  std::map<std::string, ReportedProof> proofs_;  // by authorization
  std::map<std::string, Asked> orders_;
  std::vector<ReportedCertificate> issued_;
  std::vector<ReportedEvent> revoked_;
  std::vector<ReportedEvent> refused_;
  std::vector<ReportedEvent> operators_;
};

}  // namespace app
