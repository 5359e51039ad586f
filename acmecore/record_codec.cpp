#include "acmecore/record_codec.h"

#include <utility>

#include "acmecore/auto_renewal_codec.h"
#include "acmecore/external_account_codec.h"
#include "acmecore/revocation_codec.h"
#include "acmecore/stored_time.h"
#include "assay/stored/v1/acme.pb.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;
namespace stored = assay::stored::v1;

namespace {

template <class Message>
Result<Message> parse(BytesView value, std::string_view what) {
  Message message;
  if (message.ParseFromArray(value.data(), int(value.size()))) return message;
  return fail(ErrorKind::internal, "a stored " + std::string(what) + " cannot be read");
}

void put(const Identifier& identifier, stored::Identifier& message);
void put(const Error& error, stored::Problem& message);
void put(const Challenge& challenge, stored::Challenge& message);
void put(const Observation& observation, stored::Observation& message);
Identifier identifier_of(const stored::Identifier& message);
Result<Error> error_of(const stored::Problem& message);
Result<Challenge> challenge_of(const stored::Challenge& message);
Result<Observation> observation_of(const stored::Observation& message);
Result<RevocationReason> reason_of(uint32_t code);

}  // namespace

Bytes encode(const Account& account) {
  stored::Account message;
  message.set_status(stored::Account::Status(int(account.status) + 1));
  for (const std::string& contact : account.contacts)
    message.add_contacts(contact);
  message.set_terms_of_service_agreed(account.terms_of_service_agreed);
  message.set_key_spki(account.key_spki);
  message.set_key_thumbprint(account.key_thumbprint);
  message.set_created_ms(milliseconds(account.created));
  message.set_principal(account.principal);
  message.set_unused(account.unused);
  message.set_terms_of_service(account.terms_of_service);
  if (account.agreement) {
    message.mutable_agreement()->set_terms_of_service(account.agreement->terms_of_service);
    message.mutable_agreement()->set_token(account.agreement->token);
  }
  if (account.directory != kDefaultDirectory) message.set_directory(account.directory);
  if (account.external_account) put(*account.external_account, *message.mutable_external_account());
  message.set_revoked_ms(milliseconds(account.revoked));
  return message.SerializeAsString();
}

Result<Account> decode_account(std::string id, BytesView value) {
  TRY(const auto message, parse<stored::Account>(value, "account"));
  if (message.status() < stored::Account::STATUS_VALID ||
      message.status() > stored::Account::STATUS_REVOKED) {
    return fail(ErrorKind::internal, "a stored account has an unknown status");
  }
  Account account;
  account.id = std::move(id);
  account.status = AccountStatus(int(message.status()) - 1);
  account.contacts.assign(message.contacts().begin(), message.contacts().end());
  account.terms_of_service_agreed = message.terms_of_service_agreed();
  account.key_spki = message.key_spki();
  account.key_thumbprint = message.key_thumbprint();
  account.created = time_of(message.created_ms());
  account.principal = message.principal();
  account.unused = message.unused();
  account.terms_of_service = message.terms_of_service();
  if (message.has_agreement()) {
    account.agreement = Agreement{message.agreement().terms_of_service(), message.agreement().token()};
  }
  if (!message.directory().empty()) account.directory = message.directory();
  if (message.has_external_account()) {
    TRY(account.external_account, external_account_of(message.external_account()));
  }
  account.revoked = optional_time(message.revoked_ms());
  return account;
}

Bytes encode(const Order& order) {
  stored::Order message;
  message.set_account(order.account);
  for (const Identifier& identifier : order.identifiers)
    put(identifier, *message.add_identifiers());
  for (const std::string& authorization : order.authorizations)
    message.add_authorizations(authorization);
  message.set_created_ms(milliseconds(order.created));
  message.set_expires_ms(milliseconds(order.expires));
  if (order.intent) {
    auto& intent = *message.mutable_intent();
    intent.set_serial(order.intent->serial.octets);
    intent.set_csr_digest(order.intent->csr_digest);
    intent.set_spki(order.intent->spki_der);
    intent.set_begun_ms(milliseconds(order.intent->begun));
  }
  for (const Serial& serial : order.abandoned)
    message.add_abandoned(serial.octets);
  if (order.certificate) message.set_certificate(order.certificate->octets);
  if (order.error) put(*order.error, *message.mutable_error());
  message.set_not_before_ms(milliseconds(order.validity.not_before));
  message.set_not_after_ms(milliseconds(order.validity.not_after));
  message.set_replaces(order.replaces);
  message.set_renews_when_suggested(order.renews_when_suggested);
  if (order.certificate_lifetime_max) {
    message.set_certificate_lifetime_max_s(order.certificate_lifetime_max->count());
  }
  message.set_profile(order.profile);
  if (order.auto_renewal) {
    put(*order.auto_renewal, *message.mutable_auto_renewal());
    if (const auto& failure = order.auto_renewal->failure) {
      put(*failure, *message.mutable_auto_renewal()->mutable_failure());
    }
  }
  if (order.approval) put(*order.approval, *message.mutable_approval());
  return message.SerializeAsString();
}

Result<Order> decode_order(std::string id, BytesView value) {
  TRY(const auto message, parse<stored::Order>(value, "order"));
  Order order;
  order.id = std::move(id);
  order.account = message.account();
  for (const auto& identifier : message.identifiers())
    order.identifiers.push_back(identifier_of(identifier));
  order.authorizations.assign(message.authorizations().begin(), message.authorizations().end());
  order.created = time_of(message.created_ms());
  order.expires = time_of(message.expires_ms());
  if (message.has_intent()) {
    const auto& intent = message.intent();
    order.intent = Intent{{intent.serial()}, intent.csr_digest(), intent.spki(), time_of(intent.begun_ms())};
  }
  for (const std::string& serial : message.abandoned())
    order.abandoned.push_back({serial});
  if (!message.certificate().empty()) order.certificate = Serial{message.certificate()};
  if (message.has_error()) {
    TRY(order.error, error_of(message.error()));
  }
  order.validity.not_before = optional_time(message.not_before_ms());
  order.validity.not_after = optional_time(message.not_after_ms());
  order.replaces = message.replaces();
  order.renews_when_suggested = message.renews_when_suggested();
  if (message.certificate_lifetime_max_s() != 0) {
    order.certificate_lifetime_max = std::chrono::seconds(message.certificate_lifetime_max_s());
  }
  order.profile = message.profile();
  if (message.has_auto_renewal()) {
    order.auto_renewal = auto_renewal_of(message.auto_renewal());
    if (message.auto_renewal().has_failure()) {
      TRY(order.auto_renewal->failure, error_of(message.auto_renewal().failure()));
    }
  }
  if (message.has_approval()) order.approval = approval_of(message.approval());
  return order;
}

Bytes encode(const Authorization& authorization) {
  stored::Authorization message;
  message.set_account(authorization.account);
  put(authorization.identifier, *message.mutable_identifier());
  message.set_created_ms(milliseconds(authorization.created));
  message.set_expires_ms(milliseconds(authorization.expires));
  message.set_deactivated_ms(milliseconds(authorization.deactivated));
  message.set_revoked_ms(milliseconds(authorization.revoked));
  for (const Challenge& challenge : authorization.challenges)
    put(challenge, *message.add_challenges());
  message.set_subdomain_auth_allowed(authorization.subdomain_auth_allowed);
  message.set_for_renewal(authorization.for_renewal);
  return message.SerializeAsString();
}

Result<Authorization> decode_authorization(std::string id, BytesView value) {
  TRY(const auto message, parse<stored::Authorization>(value, "authorization"));
  Authorization authorization;
  authorization.id = std::move(id);
  authorization.account = message.account();
  authorization.identifier = identifier_of(message.identifier());
  authorization.created = time_of(message.created_ms());
  authorization.expires = time_of(message.expires_ms());
  authorization.deactivated = optional_time(message.deactivated_ms());
  authorization.revoked = optional_time(message.revoked_ms());
  for (const auto& challenge : message.challenges()) {
    TRY(Challenge decoded, challenge_of(challenge));
    authorization.challenges.push_back(std::move(decoded));
  }
  authorization.subdomain_auth_allowed = message.subdomain_auth_allowed();
  authorization.for_renewal = message.for_renewal();
  return authorization;
}

Bytes encode(const IssuedCertificate& certificate) {
  stored::Certificate message;
  message.set_account(certificate.account);
  message.set_order(certificate.order);
  message.set_leaf(certificate.der);
  message.set_issued_ms(milliseconds(certificate.issued));
  message.set_not_after_ms(milliseconds(certificate.not_after));
  message.set_replaced_by(certificate.replaced_by);
  message.set_auto_renewed(certificate.auto_renewed);
  message.set_issuer(certificate.issuer);
  for (const std::string& host : certificate.hosts)
    message.add_hosts(host);
  if (certificate.crl) put(*certificate.crl, *message.mutable_crl());
  message.set_profile(certificate.profile);
  for (const std::string& authorization : certificate.authorizations)
    message.add_authorizations(authorization);
  message.set_publicly_trusted(certificate.publicly_trusted);
  if (certificate.revocation) {
    message.mutable_revocation()->set_time_ms(milliseconds(certificate.revocation->time));
    message.mutable_revocation()->set_reason(uint32_t(certificate.revocation->reason));
  }
  return message.SerializeAsString();
}

Result<IssuedCertificate> decode_certificate(Serial serial, BytesView value) {
  TRY(const auto message, parse<stored::Certificate>(value, "certificate"));
  IssuedCertificate certificate;
  certificate.serial = std::move(serial);
  certificate.account = message.account();
  certificate.order = message.order();
  certificate.der = message.leaf();
  certificate.issued = time_of(message.issued_ms());
  certificate.not_after = time_of(message.not_after_ms());
  certificate.replaced_by = message.replaced_by();
  certificate.auto_renewed = message.auto_renewed();
  certificate.issuer = message.issuer();
  certificate.hosts.assign(message.hosts().begin(), message.hosts().end());
  if (message.has_crl()) certificate.crl = crl_shard_of(message.crl());
  certificate.profile = message.profile();
  certificate.authorizations.assign(message.authorizations().begin(), message.authorizations().end());
  certificate.publicly_trusted = message.publicly_trusted();
  if (message.has_revocation()) {
    TRY(const RevocationReason reason, reason_of(message.revocation().reason()));
    certificate.revocation = Revocation{time_of(message.revocation().time_ms()), reason};
  }
  return certificate;
}

namespace {

void put(const Identifier& identifier, stored::Identifier& message) {
  message.set_name(identifier.name);
  message.set_wildcard(identifier.wildcard);
  message.set_ancestor(identifier.ancestor);
}

Identifier identifier_of(const stored::Identifier& message) {
  return {message.name(), message.wildcard(), message.ancestor()};
}

void put(const Error& error, stored::Problem& message) {
  message.set_kind(std::string(name_of(error.kind)));
  message.set_detail(error.detail);
  for (const base::Suberror& suberror : error.suberrors) {
    auto& subproblem = *message.add_subproblems();
    subproblem.set_kind(std::string(name_of(suberror.kind)));
    subproblem.set_detail(suberror.detail);
    subproblem.set_identifier(suberror.identifier);
  }
}

Result<ErrorKind> kind_of(std::string_view name) {
  for (int i = 0; i <= int(ErrorKind::internal); ++i) {
    if (name_of(ErrorKind(i)) == name) return ErrorKind(i);
  }
  return fail(ErrorKind::internal, "a stored problem has the unknown kind \"" + std::string(name) + "\"");
}

Result<Error> error_of(const stored::Problem& message) {
  TRY(const ErrorKind kind, kind_of(message.kind()));
  Error error{kind, message.detail(), {}};
  for (const auto& subproblem : message.subproblems()) {
    TRY(const ErrorKind subkind, kind_of(subproblem.kind()));
    error.suberrors.push_back({subkind, subproblem.detail(), subproblem.identifier()});
  }
  return error;
}

void put(const Challenge& challenge, stored::Challenge& message) {
  message.set_type(challenge.type);
  message.set_token(challenge.token);
  message.set_status(stored::Challenge::Status(int(challenge.status) + 1));
  message.set_thumbprint(challenge.thumbprint);
  message.set_responded_ms(milliseconds(challenge.responded));
  message.set_validated_ms(milliseconds(challenge.validated));
  message.set_next_look_ms(milliseconds(challenge.next_look));
  if (challenge.error) put(*challenge.error, *message.mutable_error());
  for (const Observation& observation : challenge.evidence)
    put(observation, *message.add_evidence());
}

Result<Challenge> challenge_of(const stored::Challenge& message) {
  if (message.status() < stored::Challenge::STATUS_PENDING ||
      message.status() > stored::Challenge::STATUS_INVALID) {
    return fail(ErrorKind::internal, "a stored challenge has an unknown status");
  }
  Challenge challenge;
  challenge.type = message.type();
  challenge.token = message.token();
  challenge.status = ChallengeStatus(int(message.status()) - 1);
  challenge.thumbprint = message.thumbprint();
  challenge.responded = optional_time(message.responded_ms());
  challenge.validated = optional_time(message.validated_ms());
  challenge.next_look = optional_time(message.next_look_ms());
  if (message.has_error()) {
    TRY(challenge.error, error_of(message.error()));
  }
  for (const auto& observation : message.evidence()) {
    TRY(Observation decoded, observation_of(observation));
    challenge.evidence.push_back(std::move(decoded));
  }
  return challenge;
}

void put(const Observation& observation, stored::Observation& message) {
  message.set_perspective(observation.perspective);
  message.set_name(Bytes(observation.name.wire()));
  message.set_type(observation.type);
  message.set_asked_ms(milliseconds(observation.asked));
  message.set_took_ms(observation.took.count());
  for (const base::Name& name : observation.path)
    message.add_path(Bytes(name.wire()));
  message.set_result(observation.result);
  for (const std::string& value : observation.values)
    message.add_values(value);
  message.set_security(observation.security);
  message.set_server(observation.server);
}

Result<base::Name> name_of_wire(BytesView wire) {
  auto name = base::Name::from_wire(wire);
  if (!name) return fail(ErrorKind::internal, "a stored observation has a broken name");
  return name;
}

Result<Observation> observation_of(const stored::Observation& message) {
  Observation observation{};
  observation.perspective = message.perspective();
  TRY(observation.name, name_of_wire(message.name()));
  observation.type = message.type();
  observation.asked = time_of(message.asked_ms());
  observation.took = std::chrono::milliseconds(message.took_ms());
  for (const std::string& wire : message.path()) {
    TRY(base::Name name, name_of_wire(wire));
    observation.path.push_back(std::move(name));
  }
  observation.result = message.result();
  observation.values.assign(message.values().begin(), message.values().end());
  observation.security = message.security();
  observation.server = message.server();
  return observation;
}

Result<RevocationReason> reason_of(uint32_t code) {
  const auto reason = reason_with_code(code);
  if (!reason) return fail(ErrorKind::internal, "a stored revocation has an unknown reason");
  return *reason;
}

}  // namespace

Bytes encode(RegainedAt regained) {
  stored::RateLimit message;
  message.set_regained_us(regained.time_since_epoch().count());
  return message.SerializeAsString();
}

Result<RegainedAt> decode_regained_at(BytesView value) {
  TRY(const auto message, parse<stored::RateLimit>(value, "rate limit"));
  return RegainedAt(std::chrono::microseconds(message.regained_us()));
}

}  // namespace acmecore
