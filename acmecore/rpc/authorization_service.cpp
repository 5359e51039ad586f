#include "acmecore/rpc/authorization_service.h"

#include <utility>

#include "acmecore/rpc/administration_messages.h"
#include "base/log.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;
using proto::Permission;

grpc::ServerUnaryReactor* AuthorizationService::ListAuthorizations(
    grpc::CallbackServerContext* context, const api::ListAuthorizationsRequest* request,
    api::ListAuthorizationsResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* AuthorizationService::GetAuthorization(grpc::CallbackServerContext* context,
                                                                 const api::GetAuthorizationRequest* request,
                                                                 api::GetAuthorizationResponse* response) {
  return calls_.serve(*context, {Permission::administration}, [=, this](const Actor&) {
    return get(request->id(), *response->mutable_authorization());
  });
}

grpc::ServerUnaryReactor* AuthorizationService::RevokeAuthorization(
    grpc::CallbackServerContext* context, const api::RevokeAuthorizationRequest* request,
    api::RevokeAuthorizationResponse* response) {
  return calls_.serve(*context, {Permission::administration}, [=, this](Actor by) {
    return revoke(std::move(by), request->id(), *response->mutable_authorization());
  });
}

AuthorizationService::Work AuthorizationService::list(const api::ListAuthorizationsRequest& request,
                                                      api::ListAuthorizationsResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token()));
  AuthorizationFilter filter;
  filter.account = request.account();
  CO_TRY(const auto page, co_await administration_.authorizations(filter, request.page_token(), page_size));
  const auto add = [&](const AuthorizationView& record) -> const api::Authorization& {
    return *response.add_authorizations() = message_of(record, Evidence::left_out);
  };
  response.set_next_page_token(fill_page(page, add));
  co_return Result<void>();
}

AuthorizationService::Work AuthorizationService::get(std::string id, api::Authorization& message) {
  CO_TRY(const AuthorizationView view, co_await administration_.authorization(std::move(id)));
  message = message_of(view, Evidence::shown);
  co_return Result<void>();
}

AuthorizationService::Work AuthorizationService::revoke(Actor by, std::string id,
                                                        api::Authorization& message) {
  CO_TRY(const AuthorizationView view, co_await administration_.revoke_authorization(std::move(id), by));
  message = message_of(view, Evidence::shown);
  base::log::info("acme.authorization.revoked", {{"by", by.credential},
                                                 {"authorization_id", view.authorization.id},
                                                 {"account", view.authorization.account},
                                                 {"identifier", view.authorization.identifier.text()}});
  co_return Result<void>();
}

}  // namespace acmecore::rpc
