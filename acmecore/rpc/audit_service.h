#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>

#include "acmecore/audit_log.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/audit.grpc.pb.h"
#include "proto/bridge.h"
#include "proto/callers.h"

namespace acmecore::rpc {

// AuditService (proto/assay/v1/audit.proto).
class AuditService final : public assay::v1::AuditService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  AuditService(AuditLog& log, const proto::Callers& callers, boost::asio::any_io_executor executor)
      : log_(log), callers_(callers), executor_(executor), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListAuditEvents(grpc::CallbackServerContext* context,
                                            const assay::v1::ListAuditEventsRequest* request,
                                            assay::v1::ListAuditEventsResponse* response) override;
  grpc::ServerUnaryReactor* GetAuditHead(grpc::CallbackServerContext* context,
                                         const assay::v1::GetAuditHeadRequest* request,
                                         assay::v1::GetAuditHeadResponse* response) override;
  grpc::ServerWriteReactor<assay::v1::VerifyAuditResponse>* VerifyAudit(
      grpc::CallbackServerContext* context, const assay::v1::VerifyAuditRequest* request) override;

 private:
  using Work = OperatorCalls::Work;
  using Stream = proto::StreamWriter<assay::v1::VerifyAuditResponse>;

  Work list(const assay::v1::ListAuditEventsRequest& request, assay::v1::ListAuditEventsResponse& response);
  Work head(assay::v1::GetAuditHeadResponse& response);
  base::Task<grpc::Status> verify(Stream& stream, proto::Presented presented,
                                  assay::v1::VerifyAuditRequest request);
  Work walk(Stream& stream, const assay::v1::VerifyAuditRequest& request);

  AuditLog& log_;
  const proto::Callers& callers_;
  const boost::asio::any_io_executor executor_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
