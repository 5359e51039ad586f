#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/authorization.h"
#include "acmecore/external_account_key.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/order.h"
#include "acmecore/requester.h"
#include "acmecore/serial.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// The requirements that validations and certificates are made by (BR 5.4.1).
inline constexpr std::string_view kRequirements = "CA/Browser Forum TLS BR 2.3.1";

// What happened: the `kind` of an AuditEvent. docs/audit.md says when each is recorded and what it tells.
namespace audit_kind {
inline constexpr std::string_view kAccountCreated = "account.created";
inline constexpr std::string_view kAccountUpdated = "account.updated";
inline constexpr std::string_view kAccountAgreed = "account.agreed";
inline constexpr std::string_view kAccountKeyChanged = "account.key_changed";
inline constexpr std::string_view kAccountDeactivated = "account.deactivated";
inline constexpr std::string_view kAccountDisabled = "account.disabled";
inline constexpr std::string_view kAccountRemoved = "account.removed";
inline constexpr std::string_view kAccountRefused = "account.refused";
inline constexpr std::string_view kExternalAccountKeyCreated = "external_account_key.created";
inline constexpr std::string_view kExternalAccountKeyDisabled = "external_account_key.disabled";
inline constexpr std::string_view kExternalAccountKeyEnabled = "external_account_key.enabled";
inline constexpr std::string_view kExternalAccountKeyRemoved = "external_account_key.removed";
inline constexpr std::string_view kAuthorizationCreated = "authorization.created";
inline constexpr std::string_view kAuthorizationDeactivated = "authorization.deactivated";
inline constexpr std::string_view kAuthorizationRevoked = "authorization.revoked";
inline constexpr std::string_view kAuthorizationRefused = "authorization.refused";
inline constexpr std::string_view kChallengeValidated = "challenge.validated";
inline constexpr std::string_view kChallengeFailed = "challenge.failed";
inline constexpr std::string_view kNamePaused = "name.paused";
inline constexpr std::string_view kPauseLifted = "pause.lifted";
inline constexpr std::string_view kOrderCreated = "order.created";
inline constexpr std::string_view kOrderRefused = "order.refused";
inline constexpr std::string_view kOrderFinalized = "order.finalized";
inline constexpr std::string_view kOrderWaiting = "order.waiting";
inline constexpr std::string_view kOrderApproved = "order.approved";
inline constexpr std::string_view kOrderRejected = "order.rejected";
inline constexpr std::string_view kOrderWithdrawn = "order.withdrawn";
inline constexpr std::string_view kOrderNotApproved = "order.not_approved";
inline constexpr std::string_view kOrderCanceled = "order.canceled";
inline constexpr std::string_view kOrderTakenUp = "order.taken_up";
inline constexpr std::string_view kCertificateIssued = "certificate.issued";
inline constexpr std::string_view kCertificateRefused = "certificate.refused";
inline constexpr std::string_view kCertificateRevoked = "certificate.revoked";
inline constexpr std::string_view kRevocationRefused = "revocation.refused";
inline constexpr std::string_view kKeyBlocked = "key.blocked";
inline constexpr std::string_view kRevocationJobStarted = "revocation_job.started";
inline constexpr std::string_view kRevocationJobStopped = "revocation_job.stopped";
inline constexpr std::string_view kCrlNumbered = "crl.numbered";
inline constexpr std::string_view kOcspSigned = "ocsp.signed";
inline constexpr std::string_view kServerStarted = "server.started";
inline constexpr std::string_view kServerReloaded = "server.reloaded";
inline constexpr std::string_view kServerReloadRefused = "server.reload_refused";
inline constexpr std::string_view kConfigurationChanged = "configuration.changed";
inline constexpr std::string_view kIssuerChanged = "issuer.changed";
inline constexpr std::string_view kIssuerRotated = "issuer.rotated";
// Of the DNS: app/act_log_adapter.h.
inline constexpr std::string_view kZoneCreated = "zone.created";
inline constexpr std::string_view kZoneDeleted = "zone.deleted";
inline constexpr std::string_view kZoneImported = "zone.imported";
inline constexpr std::string_view kRRsetPut = "rrset.put";
inline constexpr std::string_view kRRsetDeleted = "rrset.deleted";
inline constexpr std::string_view kPublishingCredentialCreated = "publishing_credential.created";
inline constexpr std::string_view kPublishingCredentialUpdated = "publishing_credential.updated";
inline constexpr std::string_view kPublishingCredentialRemoved = "publishing_credential.removed";
}  // namespace audit_kind

// Something that a kind of event has to tell beside what all have.
struct AuditDetail {
  std::string name;
  std::string value;

  bool operator==(const AuditDetail&) const = default;
};

// One entry of the audit log: who did what, from where and why. What it names by id may be removed long before it.
struct AuditEvent {
  std::string kind;
  base::Time
      time;  // of the event: that of its neighbours in the log may be a little later, or much if a clock was set
  Actor actor = {};
  std::string account = {};                      // whose object it is; empty: nobody's
  std::string order = {};                        // ids
  std::vector<std::string> authorizations = {};  // that it rests on
  std::vector<std::string> identifiers = {};     // as Identifier::text()
  std::optional<Serial> serial = {};
  std::string problem = {};                // of what was refused or failed: base::name_of the error's kind
  std::string reason = {};                 // a sentence
  std::vector<std::string> evidence = {};  // what was seen, a sentence each
  uint64_t count = 1;                      // events that are told together (Refusals, OcspTally)
  std::optional<base::Time> last = {};     // the time of the latest of them, where there are several
  std::vector<AuditDetail> details = {};

  void add(std::string name, std::string value) { details.push_back({std::move(name), std::move(value)}); }
  // "": it has no such detail.
  std::string_view detail(std::string_view name) const;

  bool operator==(const AuditEvent&) const = default;
};

// Events about a record, with what it has to tell at that moment.
AuditEvent audit_event(std::string_view kind, const Account& account, Actor actor, base::Time time);
AuditEvent audit_event(std::string_view kind, const Order& order, Actor actor, base::Time time);
AuditEvent audit_event(std::string_view kind, const Authorization& authorization, Actor actor,
                       base::Time time);
AuditEvent audit_event(std::string_view kind, const ExternalAccountKey& key, Actor actor, base::Time time);
AuditEvent audit_event(std::string_view kind, const IssuedCertificate& certificate, Actor actor,
                       base::Time time);

// That the challenge was met or failed, by what was seen.
AuditEvent validation_event(const Authorization& authorization, const Challenge& challenge,
                            const std::vector<Observation>& seen, base::Time time);

// Why it did not happen, with a sentence for each suberror.
void set_problem(AuditEvent& event, const base::Error& error);

// stored.v1.AuditEvent (proto/assay/stored/v1/audit.proto). internal: it is not what encode made.
base::Bytes encode(const AuditEvent& event);
base::Result<AuditEvent> decode_audit_event(base::BytesView payload);

}  // namespace acmecore
