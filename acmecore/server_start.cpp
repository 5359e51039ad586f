#include "acmecore/server_start.h"

#include <utility>

#include "acmecore/table_key.h"
#include "storage/tables.h"

namespace acmecore {

using base::ErrorKind;
using base::Result;
using base::Task;

namespace {

constexpr const char* kConfiguration = "configuration_sha256";

// Somebody else may tell changes between our reading and our commit. After so many times we give up.
constexpr int kAttemptsMax = 10;

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

// Adds how the issuers have changed since the event at `told`, and that this was told.
Result<void> add_issuers(const storage::Entry& told, const IssuersNow& issuers, base::Time time,
                         Changes& changes) {
  TRY(AuditEvent start, decode_audit_event(told.value));
  const auto now = issuers();
  note_issuers(issuers_told(start), now, time, changes);
  tell_issuers(start, now);
  changes.keep(start);
  return {};
}

// Commits the events, with how the issuers have changed. They are asked for after what was told last is read: whoever
// changes them later tells it later, too, and then finds what we told, or is in our way.
Task<Result<void>> note_with_issuers(storage::Store& store, std::vector<AuditEvent> events,
                                     IssuersNow issuers, base::Time time) {
  const base::Bytes key = key_in(storage::table::kLastEvent, audit_kind::kServerStarted);
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(const auto told, co_await store.get(key));
    Changes changes;
    for (const AuditEvent& event : events)
      changes.note(event);
    if (told) CO_CHECK(add_issuers(*told, issuers, time, changes));
    storage::Batch batch = std::move(changes).take();
    batch.expected.push_back({key, told ? told->revision : storage::kAbsent});
    const auto committed = co_await store.commit(std::move(batch));
    if (committed) co_return Result<void>();
    if (committed.error().kind != ErrorKind::conflict) co_return tl::unexpected(committed.error());
  }
  co_return base::fail(ErrorKind::unavailable, "others tell the audit log of issuers without pause");
}

}  // namespace

Task<Result<void>> note_start(Records& records, ServerStart start, base::Time now) {
  const AuditEvent event = started(start, now);
  CO_TRY(const auto before, co_await records.last_event(event.kind));
  Changes changes;
  changes.use_reserve();  // a CA that does not start revokes nothing
  changes.note(event);
  changes.keep(event);
  if (before) note_configuration(*before, event, changes);
  const auto told = before ? issuers_told(*before) : std::vector<IssuerCertificate>();
  note_issuers(told, start.issuers, now, changes);
  CO_CHECK(co_await records.commit(std::move(changes)));
  co_return Result<void>();
}

Task<Result<void>> note_reload(storage::Store& store, ServerReload reload, base::Time now) {
  std::vector<AuditEvent> events;
  for (const base::Error& error : reload.refused) {
    AuditEvent event = event_of(audit_kind::kServerReloadRefused, now);
    set_problem(event, error);
    events.push_back(std::move(event));
  }
  if (events.empty()) events.push_back(event_of(audit_kind::kServerReloaded, now));
  co_return co_await note_with_issuers(store, std::move(events), std::move(reload.issuers), now);
}

Task<Result<void>> note_rotation(storage::Store& store, AuditEvent rotated, IssuersNow issuers) {
  const base::Time time = rotated.time;
  std::vector<AuditEvent> events;
  events.push_back(std::move(rotated));
  co_return co_await note_with_issuers(store, std::move(events), std::move(issuers), time);
}

}  // namespace acmecore
