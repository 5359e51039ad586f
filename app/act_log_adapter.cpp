#include "app/act_log_adapter.h"

#include "acmecore/audit_event.h"
#include "acmecore/records.h"
#include "base/ascii.h"

namespace app {

namespace {

namespace kind = acmecore::audit_kind;
using dnsserver::ActKind;

std::string_view kind_of(ActKind act) {
  switch (act) {
    case ActKind::zone_created: return kind::kZoneCreated;
    case ActKind::zone_deleted: return kind::kZoneDeleted;
    case ActKind::zone_imported: return kind::kZoneImported;
    case ActKind::rrset_put: return kind::kRRsetPut;
    case ActKind::rrset_deleted: return kind::kRRsetDeleted;
    case ActKind::credential_created: return kind::kPublishingCredentialCreated;
    case ActKind::credential_updated: return kind::kPublishingCredentialUpdated;
    case ActKind::credential_removed: return kind::kPublishingCredentialRemoved;
  }
  return "";
}

// As identifiers are written (RFC 8555 §7.1.3): the log is searched by them.
std::string identifier_of(const base::Name& name) {
  std::string text = base::lower(name.text());
  if (!name.is_root()) text.pop_back();
  return text;
}

}  // namespace

void ActLogAdapter::note(const dnsserver::Act& act, storage::Batch& batch) {
  acmecore::AuditEvent event;
  event.kind = kind_of(act.kind);
  event.time = clock_.now();
  event.actor = acmecore::Actor(act.by.credential, "", act.by.address);
  for (const base::Name& name : act.names)
    event.identifiers.push_back(identifier_of(name));
  for (const dnsserver::ActDetail& detail : act.details)
    event.add(detail.name, detail.value);
  batch.appends.push_back({acmecore::kAuditLedger, acmecore::encode(event)});
}

}  // namespace app
