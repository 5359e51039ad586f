#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>

#include "acmecore/administration.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/authorization.grpc.pb.h"

namespace acmecore::rpc {

// AuthorizationService (proto/assay/v1/authorization.proto).
class AuthorizationService final : public assay::v1::AuthorizationService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  AuthorizationService(Administration& administration, const proto::Callers& callers,
                       boost::asio::any_io_executor executor)
      : administration_(administration), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListAuthorizations(grpc::CallbackServerContext* context,
                                               const assay::v1::ListAuthorizationsRequest* request,
                                               assay::v1::ListAuthorizationsResponse* response) override;
  grpc::ServerUnaryReactor* GetAuthorization(grpc::CallbackServerContext* context,
                                             const assay::v1::GetAuthorizationRequest* request,
                                             assay::v1::GetAuthorizationResponse* response) override;
  grpc::ServerUnaryReactor* RevokeAuthorization(grpc::CallbackServerContext* context,
                                                const assay::v1::RevokeAuthorizationRequest* request,
                                                assay::v1::RevokeAuthorizationResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work list(const assay::v1::ListAuthorizationsRequest& request,
            assay::v1::ListAuthorizationsResponse& response);
  Work get(std::string id, assay::v1::Authorization& message);
  Work revoke(Actor by, std::string id, assay::v1::Authorization& message);

  Administration& administration_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
