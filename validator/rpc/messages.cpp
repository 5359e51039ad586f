#include "validator/rpc/messages.h"

#include <utility>

#include "proto/time.h"
#include "validator/doctor/paste.h"

namespace validator::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::Result;
using doctor::ApiCertificate;
using doctor::Caller;
using doctor::Examination;
using doctor::Registration;

namespace {

constexpr std::string_view kWildcard = "*.";

tl::unexpected<base::Error> bad(const std::string& field, const base::Error& error) {
  return base::fail(error.kind, field + ": " + error.detail);
}

api::Finding::Grade to_api(doctor::Grade grade) {
  switch (grade) {
    case doctor::Grade::ok: return api::Finding::GRADE_OK;
    case doctor::Grade::skipped: return api::Finding::GRADE_SKIPPED;
    case doctor::Grade::warn: return api::Finding::GRADE_WARN;
    case doctor::Grade::fail: return api::Finding::GRADE_FAIL;
  }
  return api::Finding::GRADE_UNSPECIFIED;
}

std::string line(const doctor::WantedRecord& record) {
  return record.owner.text() + " " + std::to_string(record.ttl) + " IN " + record.type + " " + record.rdata;
}

}  // namespace

Result<Examination> read_examination(const api::ExamineRequest& request) {
  Examination examination;
  std::string name = request.name();
  examination.wildcard = name.starts_with(kWildcard);
  if (examination.wildcard) name.erase(0, kWildcard.size());
  auto identifier = base::Name::parse(name);
  if (!identifier) return bad("name", identifier.error());
  if (identifier->is_root() || identifier->is_wildcard())
    return base::fail(ErrorKind::malformed, "name: a DNS name, or \"*.\" and one");
  examination.identifier = *std::move(identifier);
  examination.issuers.assign(request.issuers().begin(), request.issuers().end());
  if (request.resolvers_size() > kResolversMax)
    return base::fail(ErrorKind::too_large, "resolvers: more than " + std::to_string(kResolversMax));
  for (const std::string& text : request.resolvers()) {
    auto resolver = base::parse_endpoint(text);
    if (!resolver) return bad("resolvers", resolver.error());
    examination.resolvers.push_back(*std::move(resolver));
  }
  examination.read_only = request.read_only();
  examination.credential = request.credential();
  examination.account = request.account();
  if (!request.client().empty()) {
    auto client = base::IpAddress::parse(request.client());
    if (!client) return bad("client", client.error());
    examination.client = *client;
  }
  return examination;
}

void write_finding(const doctor::Finding& finding, api::Finding& message) {
  message.set_id(finding.id);
  message.set_grade(to_api(finding.grade));
  message.set_sentence(finding.sentence);
  for (const doctor::Remedy& remedy : finding.remedies) {
    api::Remedy& written = *message.add_remedies();
    written.set_title(remedy.title);
    written.set_zone(remedy.zone.text());
    for (const doctor::WantedRecord& record : remedy.remove)
      written.add_remove(line(record));
    for (const doctor::WantedRecord& record : remedy.add)
      written.add_add(line(record));
    const doctor::Paste paste = paste_of(remedy);
    written.set_bind(paste.bind);
    written.set_knot(paste.knot);
    written.set_windows(paste.windows);
    written.set_route53(paste.route53);
  }
}

void write_caller(const Caller& caller, api::Caller& message) {
  message.set_name(caller.name);
  message.set_is_registered(caller.is_registered);
  if (caller.address) message.set_address(caller.address->text());
}

Caller read_caller(const api::Caller& message) {
  Caller caller{message.name(), message.is_registered()};
  if (auto address = base::IpAddress::parse(message.address())) caller.address = *address;
  return caller;
}

void write_certificate(const ApiCertificate& certificate, api::DoorCertificate& message) {
  message.set_door(certificate.door);
  *message.mutable_expire_time() = proto::to_timestamp(certificate.expires);
  message.set_from_own_ca(certificate.from_own_ca);
  for (const base::Name& name : certificate.names)
    message.add_names(name.text());
}

Result<ApiCertificate> read_certificate(const api::DoorCertificate& message) {
  ApiCertificate certificate;
  certificate.door = message.door();
  TRY(certificate.expires, proto::from_timestamp(message.expire_time()));
  certificate.from_own_ca = message.from_own_ca();
  for (const std::string& text : message.names()) {
    TRY(certificate.names.emplace_back(), base::Name::parse(text));
  }
  return certificate;
}

void write_registration(const Registration& registration, api::Registration& message) {
  message.set_id(registration.id);
  message.set_disabled(registration.disabled);
  if (registration.expires) *message.mutable_expire_time() = proto::to_timestamp(*registration.expires);
  for (const base::IpNetwork& network : registration.networks)
    message.add_networks(network.text());
  message.mutable_key_algorithms()->Assign(registration.key_algorithms.begin(),
                                           registration.key_algorithms.end());
  message.mutable_refused_algorithms()->Assign(registration.refused_algorithms.begin(),
                                               registration.refused_algorithms.end());
  for (const base::Name& name : registration.names)
    message.add_names(name.text());
  message.set_may_write(registration.may_write);
}

Result<Registration> read_registration(const api::Registration& message) {
  Registration registration;
  registration.id = message.id();
  registration.disabled = message.disabled();
  if (message.has_expire_time()) {
    TRY(registration.expires, proto::from_timestamp(message.expire_time()));
  }
  for (const std::string& text : message.networks()) {
    TRY(registration.networks.emplace_back(), base::IpNetwork::parse(text));
  }
  registration.key_algorithms.assign(message.key_algorithms().begin(), message.key_algorithms().end());
  registration.refused_algorithms.assign(message.refused_algorithms().begin(),
                                         message.refused_algorithms().end());
  for (const std::string& text : message.names()) {
    TRY(registration.names.emplace_back(), base::Name::parse(text));
  }
  registration.may_write = message.may_write();
  return registration;
}

}  // namespace validator::rpc
