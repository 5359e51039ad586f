#include "acmecore/server_start.h"

#include <utility>

namespace acmecore {

using base::Result;
using base::Task;

namespace {

constexpr const char* kConfiguration = "configuration_sha256";
constexpr const char* kIssuers = "issuer_sha256";

AuditEvent started(const ServerStart& start, base::Time now) {
  AuditEvent event;
  event.kind = audit_kind::kServerStarted;
  event.time = now;
  event.reason = "version " + start.version;
  event.add("version", start.version);
  if (!start.configuration_sha256.empty()) event.add(kConfiguration, start.configuration_sha256);
  std::string issuers;
  for (const std::string& issuer : start.issuers)
    issuers += (issuers.empty() ? "" : " ") + issuer;
  event.add(kIssuers, issuers);
  return event;
}

// Notes that a detail is not what it was at the start before.
void note_change(std::string_view kind, const char* detail, const AuditEvent& before, const AuditEvent& now,
                 Changes& changes) {
  if (before.detail(detail) == now.detail(detail)) return;
  AuditEvent event;
  event.kind = kind;
  event.time = now.time;
  event.add(detail, std::string(now.detail(detail)));
  event.add(std::string(detail) + "_before", std::string(before.detail(detail)));
  changes.note(event);
}

}  // namespace

ServerStart server_start(std::string version, std::string configuration_sha256, const IssuerSet& issuers) {
  ServerStart start{std::move(version), std::move(configuration_sha256), {}};
  for (const NamedIssuer& named : issuers.all()) {
    const Issuer& issuer = named.current();
    for (size_t chain = 0; chain < issuer.chains(); ++chain)
      start.issuers.push_back(issuer.id(chain));
  }
  return start;
}

Task<Result<void>> note_start(Records& records, ServerStart start, base::Time now) {
  const AuditEvent event = started(start, now);
  CO_TRY(const auto before, co_await records.last_event(event.kind));
  Changes changes;
  changes.note_and_keep(event);
  if (before) {
    note_change(audit_kind::kConfigurationChanged, kConfiguration, *before, event, changes);
    note_change(audit_kind::kIssuerChanged, kIssuers, *before, event, changes);
  }
  CO_CHECK(co_await records.commit(std::move(changes)));
  co_return Result<void>();
}

}  // namespace acmecore
