#include "app/cli/audit_report.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "acmecore/audit_event.h"
#include "app/cli/audit_text.h"
#include "proto/time.h"

namespace app {

namespace v1 = assay::v1;
namespace kind = acmecore::audit_kind;
using base::Time;

namespace {

// Sorted, so that the same names are the same text.
std::string names_of(const v1::AuditEvent& event) {
  const std::set<std::string> sorted(event.identifiers().begin(), event.identifiers().end());
  std::string names;
  for (const std::string& name : sorted)
    names += (names.empty() ? "" : " ") + name;
  return names;
}

Time time_of(const v1::AuditEvent& event) { return proto::from_timestamp(event.time()).value_or(Time()); }

std::optional<Time> not_after_of(const v1::AuditEvent& event) {
  const auto time = base::parse_rfc3339(detail_of(event, "not_after"));
  return time ? std::optional(*time) : std::nullopt;
}

std::string about(const v1::AuditEvent& event) {
  if (event.identifiers_size() > 0) return names_of(event);
  if (!event.order().empty()) return "order " + event.order();
  if (!event.account().empty()) return "account " + event.account();
  if (const auto key = detail_of(event, "external_account_key"); !key.empty())
    return "external account key " + key;
  const std::string issuer = detail_of(event, "issuer");
  return issuer.empty() ? "" : "issuer " + issuer;
}

ReportedEvent line_of(const v1::AuditEvent& event) {
  return {time_of(event),  event.kind(),   who(event),
          about(event),    event.serial(), event.account(),
          event.problem(), event.reason(), event.count() == 0 ? 1 : event.count()};
}

bool is_refusal(std::string_view name) {
  return name.ends_with(".refused") || name == kind::kChallengeFailed || name == kind::kOrderRejected ||
         name == kind::kOrderNotApproved;
}

// Of an operator, or of the server's start and configuration. What a credential does as a subscriber is none.
bool is_operators(const v1::AuditEvent& event) {
  static const std::set<std::string_view> kAlways = {
      kind::kServerStarted,        kind::kServerReloaded, kind::kServerReloadRefused,
      kind::kConfigurationChanged, kind::kIssuerChanged,  kind::kAccountDisabled,
      kind::kOrderApproved,        kind::kOrderRejected,  kind::kAuthorizationRevoked};
  const std::string& name = event.kind();
  if (name == kind::kCertificateRevoked || name == kind::kKeyBlocked) return false;  // revoked() has them
  if (kAlways.contains(name) || name.starts_with("external_account_key.")) return true;
  const bool is_its_own = !event.actor().account().empty();
  return !event.actor().credential().empty() && !is_its_own;
}

}  // namespace

const std::vector<std::string> AuditReport::kKinds = {
    std::string(kind::kCertificateIssued),  std::string(kind::kCertificateRevoked),
    std::string(kind::kChallengeValidated), std::string(kind::kOrderFinalized),
    std::string(kind::kOrderWaiting),       std::string(kind::kOrderApproved)};

void AuditReport::learn(const v1::AuditEvent& event) {
  const std::string& name = event.kind();
  if (name == kind::kCertificateIssued) {
    Known known{names_of(event), event.account(), not_after_of(event), ""};
    certificates_.insert_or_assign(event.serial(), std::move(known));
  } else if (name == kind::kCertificateRevoked) {
    certificates_[event.serial()].revoked = base::rfc3339(time_of(event)) + " " + event.reason();
  } else if (name == kind::kChallengeValidated) {
    const std::string number = detail_of(event, "br_method");
    const std::string method = detail_of(event, "method") + (number.empty() ? "" : " (BR " + number + ")");
    const std::string seen = event.evidence().empty() ? "" : *event.evidence().rbegin();
    for (const std::string& authorization : event.authorizations())
      proofs_.insert_or_assign(authorization, ReportedProof{names_of(event), method, time_of(event), seen});
  } else if (name == kind::kOrderFinalized || name == kind::kOrderWaiting) {
    if (event.has_actor()) orders_[event.order()].by = who(event);
  } else if (name == kind::kOrderApproved) {
    orders_[event.order()].approved_by = who(event);
  }
}

void AuditReport::add(const v1::AuditEvent& event) {
  const std::string& name = event.kind();
  if (name == kind::kCertificateIssued) issued_.push_back(certificate(event));
  if (name == kind::kCertificateRevoked || name == kind::kKeyBlocked) revoked_.push_back(line_of(event));
  if (is_refusal(name)) refused_.push_back(line_of(event));
  if (is_operators(event)) operators_.push_back(line_of(event));
}

ReportedCertificate AuditReport::certificate(const v1::AuditEvent& event) const {
  ReportedCertificate certificate;
  certificate.issued = time_of(event);
  certificate.names = names_of(event);
  certificate.serial = event.serial();
  certificate.account = event.account();
  certificate.profile = detail_of(event, "profile");
  certificate.not_after = not_after_of(event);
  certificate.asked_by = event.account().empty() ? "this server" : "account " + event.account();
  if (const auto order = orders_.find(event.order()); order != orders_.end()) {
    if (!order->second.by.empty()) certificate.asked_by = order->second.by;
    certificate.approved_by = order->second.approved_by;
  }
  for (const std::string& authorization : event.authorizations()) {
    const auto proof = proofs_.find(authorization);
    if (proof != proofs_.end()) certificate.proofs.push_back(proof->second);
  }
  if (const auto known = certificates_.find(event.serial()); known != certificates_.end())
    certificate.revoked = known->second.revoked;
  return certificate;
}

std::vector<ExpiringCertificate> AuditReport::expiring() const {
  const auto is_good = [](const Known& known) { return known.not_after && known.revoked.empty(); };
  std::map<std::string, Time> latest;  // of those for the same names
  for (const auto& [serial, known] : certificates_) {
    if (is_good(known)) latest[known.names] = std::max(latest[known.names], *known.not_after);
  }
  std::vector<ExpiringCertificate> all;
  for (const auto& [serial, known] : certificates_) {
    if (!is_good(known)) continue;
    const Time end = *known.not_after;
    if (end < period_.until || end >= period_.until + period_.expiring) continue;
    all.push_back({end, known.names, serial, known.account, latest[known.names] > end});
  }
  std::ranges::sort(all, {}, &ExpiringCertificate::not_after);
  return all;
}

uint64_t AuditReport::refusals() const {
  uint64_t count = 0;
  for (const ReportedEvent& refusal : refused_)
    count += refusal.count;
  return count;
}

}  // namespace app
