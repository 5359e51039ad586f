#include "app/cli/audit_report_text.h"
#include "app/cli/csv.h"

namespace app {

namespace {

std::string time_text(const std::optional<base::Time>& time) { return time ? base::rfc3339(*time) : ""; }

std::string proof_text(const ReportedCertificate& certificate) {
  std::string text;
  for (const ReportedProof& proof : certificate.proofs) {
    text += (text.empty() ? "" : "; ") + proof.names + " by " + proof.method + " at " +
            base::rfc3339(proof.time) + ": " + proof.seen;
  }
  return text;
}

std::string issued_row(const ReportedCertificate& certificate) {
  return csv_record({"issued", base::rfc3339(certificate.issued), "certificate.issued", certificate.names,
                     certificate.serial, certificate.account, certificate.asked_by, certificate.approved_by,
                     certificate.profile, time_text(certificate.not_after), proof_text(certificate),
                     certificate.revoked.empty() ? "" : "revoked " + certificate.revoked, "", "1"});
}

std::string event_row(const std::string& section, const ReportedEvent& event) {
  return csv_record({section, base::rfc3339(event.time), event.kind, event.about, event.serial, event.account,
                     event.by, "", "", "", "", event.reason, event.problem, std::to_string(event.count)});
}

std::string expiring_row(const ExpiringCertificate& certificate) {
  return csv_record({"expiring", "", "", certificate.names, certificate.serial, certificate.account, "", "",
                     "", base::rfc3339(certificate.not_after), "",
                     certificate.renewed ? "renewed" : "not renewed", "", "1"});
}

}  // namespace

std::string csv_report(const AuditReport& report) {
  std::string text = csv_record({"section", "time", "kind", "names", "serial", "account", "by", "approved_by",
                                 "profile", "not_after", "proof", "reason", "problem", "count"});
  for (const ReportedCertificate& certificate : report.issued())
    text += issued_row(certificate);
  for (const ReportedEvent& event : report.revoked())
    text += event_row("revoked", event);
  for (const ReportedEvent& event : report.refused())
    text += event_row("refused", event);
  for (const ReportedEvent& event : report.operators())
    text += event_row("operators", event);
  for (const ExpiringCertificate& certificate : report.expiring())
    text += expiring_row(certificate);
  return text;
}

}  // namespace app
