#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "acmecore/revocations.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/revocation.grpc.pb.h"

namespace acmecore::rpc {

// RevocationService (proto/assay/v1/revocation.proto).
class RevocationService final : public assay::v1::RevocationService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  RevocationService(Revocations& revocations, const proto::Callers& callers,
                    boost::asio::any_io_executor executor)
      : revocations_(revocations), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* RevokeCertificates(grpc::CallbackServerContext* context,
                                               const assay::v1::RevokeCertificatesRequest* request,
                                               assay::v1::RevokeCertificatesResponse* response) override;
  grpc::ServerUnaryReactor* StartRevocationJob(grpc::CallbackServerContext* context,
                                               const assay::v1::StartRevocationJobRequest* request,
                                               assay::v1::StartRevocationJobResponse* response) override;
  grpc::ServerUnaryReactor* GetRevocationJob(grpc::CallbackServerContext* context,
                                             const assay::v1::GetRevocationJobRequest* request,
                                             assay::v1::GetRevocationJobResponse* response) override;
  grpc::ServerUnaryReactor* ListRevocationJobs(grpc::CallbackServerContext* context,
                                               const assay::v1::ListRevocationJobsRequest* request,
                                               assay::v1::ListRevocationJobsResponse* response) override;
  grpc::ServerUnaryReactor* StopRevocationJob(grpc::CallbackServerContext* context,
                                              const assay::v1::StopRevocationJobRequest* request,
                                              assay::v1::StopRevocationJobResponse* response) override;
  grpc::ServerUnaryReactor* BlockKeys(grpc::CallbackServerContext* context,
                                      const assay::v1::BlockKeysRequest* request,
                                      assay::v1::BlockKeysResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work revoke(Actor by, const assay::v1::RevokeCertificatesRequest& request,
              assay::v1::RevokeCertificatesResponse& response);
  Work start(Actor by, const assay::v1::StartRevocationJobRequest& request,
             assay::v1::RevocationJob& message);
  Work get(std::string id, assay::v1::RevocationJob& message);
  Work list(const assay::v1::ListRevocationJobsRequest& request,
            assay::v1::ListRevocationJobsResponse& response);
  Work stop(Actor by, std::string id, assay::v1::RevocationJob& message);
  Work block(Actor by, const assay::v1::BlockKeysRequest& request, assay::v1::BlockKeysResponse& response);

  Revocations& revocations_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
