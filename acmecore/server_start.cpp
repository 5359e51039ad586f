#include "acmecore/server_start.h"

#include <utility>

namespace acmecore {

using base::Result;
using base::Task;

namespace {

constexpr const char* kConfiguration = "configuration_sha256";

AuditEvent event_of(std::string_view kind, base::Time now) {
  AuditEvent event;
  event.kind = kind;
  event.time = now;
  return event;
}

AuditEvent started(const ServerStart& start, base::Time now) {
  AuditEvent event = event_of(audit_kind::kServerStarted, now);
  event.reason = "version " + start.version;
  event.add("version", start.version);
  if (!start.configuration_sha256.empty()) event.add(kConfiguration, start.configuration_sha256);
  tell_issuers(event, start.issuers);
  return event;
}

void note_configuration(const AuditEvent& before, const AuditEvent& now, Changes& changes) {
  if (before.detail(kConfiguration) == now.detail(kConfiguration)) return;
  AuditEvent event = event_of(audit_kind::kConfigurationChanged, now.time);
  event.add(kConfiguration, std::string(now.detail(kConfiguration)));
  event.add(std::string(kConfiguration) + "_before", std::string(before.detail(kConfiguration)));
  changes.note(event);
}

// A server that told none is new, was no CA, or is of a version that did not tell them. The event of its start has all
// certificates then, and beside it is told which of them somebody made.
void note_issuers(const std::vector<IssuerCertificate>& told, const std::vector<IssuerCertificate>& now,
                  base::Time time, Changes& changes) {
  for (const AuditEvent& change : issuer_changes(told, now, time)) {
    if (!told.empty() || !change.detail("ceremony").empty()) changes.note(change);
  }
}

// Adds how the issuers have changed, and that this was told.
Task<Result<void>> add_issuers(Records& records, std::vector<IssuerCertificate> now, base::Time time,
                               Changes& changes) {
  CO_TRY(auto start, co_await records.last_event(std::string(audit_kind::kServerStarted)));
  if (!start) co_return Result<void>();
  note_issuers(issuers_told(*start), now, time, changes);
  tell_issuers(*start, now);
  changes.keep(*start);
  co_return Result<void>();
}

}  // namespace

Task<Result<void>> note_start(Records& records, ServerStart start, base::Time now) {
  const AuditEvent event = started(start, now);
  CO_TRY(const auto before, co_await records.last_event(event.kind));
  Changes changes;
  changes.note(event);
  changes.keep(event);
  if (before) note_configuration(*before, event, changes);
  const auto told = before ? issuers_told(*before) : std::vector<IssuerCertificate>();
  note_issuers(told, start.issuers, now, changes);
  CO_CHECK(co_await records.commit(std::move(changes)));
  co_return Result<void>();
}

Task<Result<void>> note_reload(Records& records, ServerReload reload, base::Time now) {
  Changes changes;
  for (const base::Error& error : reload.refused) {
    AuditEvent event = event_of(audit_kind::kServerReloadRefused, now);
    set_problem(event, error);
    changes.note(event);
  }
  if (reload.refused.empty()) changes.note(event_of(audit_kind::kServerReloaded, now));
  CO_CHECK(co_await add_issuers(records, std::move(reload.issuers), now, changes));
  CO_CHECK(co_await records.commit(std::move(changes)));
  co_return Result<void>();
}

Task<Result<void>> note_rotation(Records& records, AuditEvent rotated,
                                 std::vector<IssuerCertificate> issuers) {
  Changes changes;
  changes.note(rotated);
  CO_CHECK(co_await add_issuers(records, std::move(issuers), rotated.time, changes));
  CO_CHECK(co_await records.commit(std::move(changes)));
  co_return Result<void>();
}

}  // namespace acmecore
