#include "acmecore/rpc/ca_service.h"

#include "acmecore/audit_event.h"
#include "acmecore/rpc/ca_messages.h"
#include "acmecore/server_start.h"
#include "base/log.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;
using proto::Permission;

namespace {

// Empty: there is no such issuer.
std::string current_id(const IssuerSet& issuers, const std::string& name) {
  for (const NamedIssuer& issuer : issuers.all()) {
    if (issuer.name == name) return issuer.current().id();
  }
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* CaService::ListIssuers(grpc::CallbackServerContext* context,
                                                 const api::ListIssuersRequest*,
                                                 api::ListIssuersResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return list(*response); });
}

grpc::ServerUnaryReactor* CaService::RotateIssuer(grpc::CallbackServerContext* context,
                                                  const api::RotateIssuerRequest* request,
                                                  api::RotateIssuerResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](Actor by) { return rotate(std::move(by), *request, *response); });
}

CaService::Work CaService::list(api::ListIssuersResponse& response) const {
  const auto issuers = issuers_.now();
  for (const NamedIssuer& issuer : issuers->all())
    *response.add_issuers() = message_of(issuer);
  co_return Result<void>();
}

// A rotation that is not noted, because the store is not available, has happened all the same. It is told later as
// issuer.changed.
CaService::Work CaService::rotate(Actor by, const api::RotateIssuerRequest& request,
                                  api::RotateIssuerResponse& response) {
  const std::string before = current_id(*issuers_.now(), request.name());
  CO_CHECK(rotate_(request.name()));
  AuditEvent event;
  event.kind = audit_kind::kIssuerRotated;
  event.time = clock_.now();
  event.add("issuer", request.name());
  event.add("issuer_sha256", current_id(*issuers_.now(), request.name()));
  event.add("issuer_sha256_before", before);
  base::log::info("ca.rotated_by", {{"by", by.credential}, {"issuer", request.name()}});
  event.actor = std::move(by);
  IssuersNow certificates = [this] { return issuer_certificates(*issuers_.now()); };
  const auto noted = co_await note_rotation(store_, std::move(event), std::move(certificates));
  if (!noted) base::log::error("ca.rotation.not_recorded", {{"detail", noted.error().detail}});
  const auto issuers = issuers_.now();
  for (const NamedIssuer& issuer : issuers->all()) {
    if (issuer.name == request.name()) *response.mutable_issuer() = message_of(issuer);
  }
  co_return Result<void>();
}

}  // namespace acmecore::rpc
