#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>

#include "acmecore/external_account_keys.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/external_account.grpc.pb.h"

namespace acmecore::rpc {

// ExternalAccountService (proto/assay/v1/external_account.proto).
class ExternalAccountService final : public assay::v1::ExternalAccountService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  ExternalAccountService(ExternalAccountKeys& keys, const proto::Callers& callers,
                         boost::asio::any_io_executor executor)
      : keys_(keys), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* CreateExternalAccountKey(
      grpc::CallbackServerContext* context, const assay::v1::CreateExternalAccountKeyRequest* request,
      assay::v1::CreateExternalAccountKeyResponse* response) override;
  grpc::ServerUnaryReactor* GetExternalAccountKey(
      grpc::CallbackServerContext* context, const assay::v1::GetExternalAccountKeyRequest* request,
      assay::v1::GetExternalAccountKeyResponse* response) override;
  grpc::ServerUnaryReactor* ListExternalAccountKeys(
      grpc::CallbackServerContext* context, const assay::v1::ListExternalAccountKeysRequest* request,
      assay::v1::ListExternalAccountKeysResponse* response) override;
  grpc::ServerUnaryReactor* DisableExternalAccountKey(
      grpc::CallbackServerContext* context, const assay::v1::DisableExternalAccountKeyRequest* request,
      assay::v1::DisableExternalAccountKeyResponse* response) override;
  grpc::ServerUnaryReactor* EnableExternalAccountKey(
      grpc::CallbackServerContext* context, const assay::v1::EnableExternalAccountKeyRequest* request,
      assay::v1::EnableExternalAccountKeyResponse* response) override;
  grpc::ServerUnaryReactor* DeleteExternalAccountKey(
      grpc::CallbackServerContext* context, const assay::v1::DeleteExternalAccountKeyRequest* request,
      assay::v1::DeleteExternalAccountKeyResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work create(Actor by, const assay::v1::CreateExternalAccountKeyRequest& request,
              assay::v1::CreateExternalAccountKeyResponse& response);
  Work get(const assay::v1::GetExternalAccountKeyRequest& request,
           assay::v1::GetExternalAccountKeyResponse& response);
  Work list(const assay::v1::ListExternalAccountKeysRequest& request,
            assay::v1::ListExternalAccountKeysResponse& response);
  Work set_disabled(Actor by, std::string id, bool disabled, assay::v1::ExternalAccountKey& message);
  Work remove(Actor by, std::string id);

  ExternalAccountKeys& keys_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
