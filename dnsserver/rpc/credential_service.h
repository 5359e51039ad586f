#pragma once

#include <string>

#include "assay/v1/credential.grpc.pb.h"
#include "base/task.h"
#include "dnsserver/credentials.h"
#include "dnsserver/publishing.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// assay.v1.CredentialService. What it refers to outlives it, and it outlives the server that it is registered
// with.
class CredentialService final : public assay::v1::CredentialService::CallbackService {
 public:
  CredentialService(Publishing& publishing, Credentials& credentials, const proto::Callers& callers,
                    Publishing::Executor executor)
      : publishing_(publishing),
        credentials_(credentials),
        callers_(callers),
        executor_(std::move(executor)) {}

  grpc::ServerUnaryReactor* CreateCredential(grpc::CallbackServerContext* context,
                                             const assay::v1::CreateCredentialRequest* request,
                                             assay::v1::CreateCredentialResponse* response) override;
  grpc::ServerUnaryReactor* GetCredential(grpc::CallbackServerContext* context,
                                          const assay::v1::GetCredentialRequest* request,
                                          assay::v1::GetCredentialResponse* response) override;
  grpc::ServerUnaryReactor* ListCredentials(grpc::CallbackServerContext* context,
                                            const assay::v1::ListCredentialsRequest* request,
                                            assay::v1::ListCredentialsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateCredential(grpc::CallbackServerContext* context,
                                             const assay::v1::UpdateCredentialRequest* request,
                                             assay::v1::UpdateCredentialResponse* response) override;
  grpc::ServerUnaryReactor* DeleteCredential(grpc::CallbackServerContext* context,
                                             const assay::v1::DeleteCredentialRequest* request,
                                             assay::v1::DeleteCredentialResponse* response) override;

 private:
  Task<Result<void>> create(Administrator by, const assay::v1::CreateCredentialRequest& request,
                            assay::v1::CreateCredentialResponse& response);
  Task<Result<void>> get(const assay::v1::GetCredentialRequest& request,
                         assay::v1::GetCredentialResponse& response);
  Task<Result<void>> list(const assay::v1::ListCredentialsRequest& request,
                          assay::v1::ListCredentialsResponse& response);
  Task<Result<void>> update(Administrator by, const assay::v1::UpdateCredentialRequest& request,
                            assay::v1::UpdateCredentialResponse& response);
  Task<Result<void>> remove(Administrator by, const assay::v1::DeleteCredentialRequest& request,
                            assay::v1::DeleteCredentialResponse& response);

  Publishing& publishing_;
  Credentials& credentials_;
  const proto::Callers& callers_;
  Publishing::Executor executor_;
};

}  // namespace dnsserver::rpc
