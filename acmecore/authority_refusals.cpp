#include <utility>

#include "acmecore/authority.h"

// What is refused, for the audit log. What succeeds is told by the commit that makes it so.
namespace acmecore {

using base::Error;
using base::Result;
using base::Task;

namespace {

AuditEvent refused(std::string_view kind, const Error& error, Actor actor, base::Time now) {
  AuditEvent event;
  event.kind = kind;
  event.time = now;
  event.account = actor.account;
  event.actor = std::move(actor);
  set_problem(event, error);
  return event;
}

}  // namespace

Task<Result<NewAccountResult>> Authority::new_account(const Directory& directory, AccountKey key,
                                                      NewAccountRequest request) {
  Actor actor;
  actor.address = request.address;
  auto made = co_await try_to_make_account(directory, std::move(key), std::move(request));
  if (!made && is_refusal(made.error().kind)) {
    AuditEvent event = refused(audit_kind::kAccountRefused, made.error(), std::move(actor), clock_.now());
    event.add("directory", directory.name);
    refusals_.note(std::move(event));
  }
  co_return made;
}

void Authority::note_refused_order(const Error& error, Actor actor, std::vector<std::string> identifiers) {
  if (!is_refusal(error.kind)) return;
  AuditEvent event = refused(audit_kind::kOrderRefused, error, std::move(actor), clock_.now());
  event.identifiers = std::move(identifiers);
  refusals_.note(std::move(event));
}

Task<Result<OrderView>> Authority::new_order(Requester account, NewOrderRequest request) {
  auto ordered = co_await try_to_order(account, request);
  if (!ordered) {
    std::vector<std::string> identifiers;
    for (const RequestedIdentifier& identifier : request.identifiers)
      identifiers.push_back(identifier.value);
    note_refused_order(ordered.error(), account.actor(), std::move(identifiers));
  }
  co_return ordered;
}

Task<Result<AuthorizationView>> Authority::new_authorization(Requester account,
                                                             RequestedIdentifier identifier) {
  auto made = co_await try_to_authorize(account, identifier);
  if (!made && is_refusal(made.error().kind)) {
    AuditEvent event =
        refused(audit_kind::kAuthorizationRefused, made.error(), account.actor(), clock_.now());
    event.identifiers = {identifier.value};
    refusals_.note(std::move(event));
  }
  co_return made;
}

Task<Result<OrderView>> Authority::finalize(Requester account, std::string id, base::Bytes csr_der,
                                            std::chrono::milliseconds patience) {
  auto finalized = co_await try_to_finalize(account, id, std::move(csr_der), patience);
  if (finalized || !is_refusal(finalized.error().kind)) co_return finalized;
  const auto order = co_await owned_order(account, std::move(id));
  if (!order) co_return finalized;
  AuditEvent event =
      audit_event(audit_kind::kCertificateRefused, order->value, account.actor(), clock_.now());
  set_problem(event, finalized.error());
  refusals_.note(std::move(event));
  co_return finalized;
}

Task<Result<void>> Authority::revoke(Requester account, base::Bytes certificate_der,
                                     std::optional<int64_t> reason) {
  const auto revoked = co_await try_to_revoke(account, certificate_der, reason);
  if (!revoked) note_refused_revocation(revoked.error(), account.actor(), certificate_der);
  co_return revoked;
}

Task<Result<void>> Authority::revoke_by_key(base::Bytes key_spki_der, base::Bytes certificate_der,
                                            std::optional<int64_t> reason, std::string address) {
  Actor actor;
  actor.address = std::move(address);
  const auto revoked = co_await try_to_revoke_by_key(std::move(key_spki_der), certificate_der, reason, actor);
  if (!revoked) note_refused_revocation(revoked.error(), std::move(actor), certificate_der);
  co_return revoked;
}

void Authority::note_refused_revocation(const Error& error, Actor actor, base::BytesView certificate_der) {
  if (!is_refusal(error.kind)) return;
  AuditEvent event = refused(audit_kind::kRevocationRefused, error, std::move(actor), clock_.now());
  if (const auto certificate = parse_certificate(certificate_der)) {
    event.serial = certificate->serial;
    event.identifiers = certificate->subject_alt_name.dns_names;
  }
  refusals_.note(std::move(event));
}

}  // namespace acmecore
