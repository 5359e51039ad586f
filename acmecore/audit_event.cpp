#include "acmecore/audit_event.h"

#include <algorithm>
#include <utility>

#include "assay/stored/v1/audit.pb.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Time;
namespace stored = assay::stored::v1;

namespace {

// The number of dns-01 among the BR's methods.
constexpr std::string_view kDnsChange = "3.2.2.4.7";

int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }
Time time_of(int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

AuditEvent plain_event(std::string_view kind, Actor actor, Time time) {
  AuditEvent event;
  event.kind = kind;
  event.time = time;
  event.actor = std::move(actor);
  return event;
}

std::string hexadecimal(BytesView octets) { return text_of(Serial{Bytes(octets)}); }

}  // namespace

std::string_view AuditEvent::detail(std::string_view name) const {
  const auto found = std::ranges::find(details, name, &AuditDetail::name);
  return found == details.end() ? std::string_view() : found->value;
}

AuditEvent audit_event(std::string_view kind, const Account& account, Actor actor, Time time) {
  AuditEvent event = plain_event(kind, std::move(actor), time);
  event.account = account.id;
  event.add("directory", account.directory);
  event.add("key_thumbprint", account.key_thumbprint);
  for (const std::string& contact : account.contacts)
    event.add("contact", contact);
  if (!account.terms_of_service.empty()) event.add("terms_of_service", account.terms_of_service);
  if (account.external_account) event.add("external_account_key", account.external_account->key_id);
  return event;
}

AuditEvent audit_event(std::string_view kind, const Order& order, Actor actor, Time time) {
  AuditEvent event = plain_event(kind, std::move(actor), time);
  event.account = order.account;
  event.order = order.id;
  event.authorizations = order.authorizations;
  for (const Identifier& identifier : order.identifiers)
    event.identifiers.push_back(identifier.text());
  if (!order.profile.empty()) event.add("profile", order.profile);
  if (!order.replaces.empty()) event.add("replaces", order.replaces);
  if (order.intent) {
    event.serial = order.intent->serial;
    event.add("csr_sha256", hexadecimal(order.intent->csr_digest));
    event.add("key_sha256", hexadecimal(base::sha256(order.intent->spki_der)));
  } else if (order.approval) {
    event.add("csr_sha256", hexadecimal(order.approval->csr_digest));
    event.add("key_sha256", hexadecimal(base::sha256(order.approval->spki_der)));
  }
  return event;
}

AuditEvent audit_event(std::string_view kind, const Authorization& authorization, Actor actor, Time time) {
  AuditEvent event = plain_event(kind, std::move(actor), time);
  event.account = authorization.account;
  event.authorizations = {authorization.id};
  event.identifiers = {authorization.identifier.text()};
  if (authorization.subdomain_auth_allowed) event.add("subdomains", "yes");
  return event;
}

AuditEvent audit_event(std::string_view kind, const ExternalAccountKey& key, Actor actor, Time time) {
  AuditEvent event = plain_event(kind, std::move(actor), time);
  event.add("external_account_key", key.id);
  event.add("directory", key.directory);
  if (!key.comment.empty()) event.add("comment", key.comment);
  for (const NamePattern& name : key.restriction.names)
    event.add("name", name.text());
  event.add("uses_max", std::to_string(key.uses_max));
  return event;
}

AuditEvent audit_event(std::string_view kind, const IssuedCertificate& certificate, Actor actor, Time time) {
  AuditEvent event = plain_event(kind, std::move(actor), time);
  event.account = certificate.account;
  event.order = certificate.order;
  event.identifiers = certificate.hosts;
  event.serial = certificate.serial;
  event.add("certificate_sha256", hexadecimal(base::sha256(certificate.der)));
  event.add("not_after", base::rfc3339(certificate.not_after));
  return event;
}

AuditEvent validation_event(const Authorization& authorization, const Challenge& challenge,
                            const std::vector<Observation>& seen, Time time) {
  const bool is_met = challenge.status == ChallengeStatus::valid;
  AuditEvent event = audit_event(is_met ? audit_kind::kChallengeValidated : audit_kind::kChallengeFailed,
                                 authorization, {}, time);
  event.add("method", challenge.type);
  event.add("br_method", std::string(kDnsChange));
  event.add("requirements", std::string(kRequirements));
  for (const Observation& observation : seen)
    event.evidence.push_back(observation.perspective + ": " + sentence(observation));
  if (challenge.error) {  // what it says of earlier looks, these say themselves
    event.problem = base::name_of(challenge.error->kind);
    event.reason = challenge.error->detail;
  }
  return event;
}

void set_problem(AuditEvent& event, const base::Error& error) {
  event.problem = base::name_of(error.kind);
  event.reason = error.detail;
  for (const base::Suberror& suberror : error.suberrors)
    event.evidence.push_back(suberror.identifier + ": " + suberror.detail);
}

Bytes encode(const AuditEvent& event) {
  stored::AuditEvent message;
  message.set_time_ms(milliseconds(event.time));
  message.set_kind(event.kind);
  if (event.actor != Actor{}) {
    message.mutable_actor()->set_credential(event.actor.credential);
    message.mutable_actor()->set_account(event.actor.account);
    message.mutable_actor()->set_address(event.actor.address);
  }
  message.set_account(event.account);
  message.set_order(event.order);
  message.mutable_authorizations()->Assign(event.authorizations.begin(), event.authorizations.end());
  message.mutable_identifiers()->Assign(event.identifiers.begin(), event.identifiers.end());
  if (event.serial) message.set_serial(event.serial->octets);
  message.set_problem(event.problem);
  message.set_reason(event.reason);
  message.mutable_evidence()->Assign(event.evidence.begin(), event.evidence.end());
  if (event.count != 1) message.set_count(event.count);
  if (event.last) message.set_last_ms(milliseconds(*event.last));
  for (const AuditDetail& detail : event.details) {
    auto& added = *message.add_details();
    added.set_name(detail.name);
    added.set_value(detail.value);
  }
  return message.SerializeAsString();
}

base::Result<AuditEvent> decode_audit_event(BytesView payload) {
  stored::AuditEvent message;
  if (!message.ParseFromArray(payload.data(), int(payload.size())) || message.kind().empty()) {
    return base::fail(base::ErrorKind::internal, "a stored audit event cannot be read");
  }
  AuditEvent event;
  event.kind = message.kind();
  event.time = time_of(message.time_ms());
  event.actor = {message.actor().credential(), message.actor().account(), message.actor().address()};
  event.account = message.account();
  event.order = message.order();
  event.authorizations.assign(message.authorizations().begin(), message.authorizations().end());
  event.identifiers.assign(message.identifiers().begin(), message.identifiers().end());
  if (!message.serial().empty()) event.serial = Serial{message.serial()};
  event.problem = message.problem();
  event.reason = message.reason();
  event.evidence.assign(message.evidence().begin(), message.evidence().end());
  if (message.count() != 0) event.count = message.count();
  if (message.last_ms() != 0) event.last = time_of(message.last_ms());
  for (const auto& detail : message.details())
    event.add(detail.name(), detail.value());
  return event;
}

}  // namespace acmecore
