#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "acmecore/rpc/issue_call.h"
#include "assay/v1/certificate.grpc.pb.h"
#include "proto/bridge.h"
#include "proto/callers.h"

namespace acmecore::rpc {

// CertificateService (proto/assay/v1/certificate.proto). Each credential has an ACME account of its own.
class CertificateService final : public assay::v1::CertificateService::CallbackService {
 public:
  // Each call runs on a strand of `executor`. All of these outlive the service and its calls.
  CertificateService(IssueServices services, const proto::Callers& callers,
                     boost::asio::any_io_executor executor);

  grpc::ServerWriteReactor<assay::v1::IssueResponse>* Issue(grpc::CallbackServerContext* context,
                                                            const assay::v1::IssueRequest* request) override;

 private:
  using Stream = proto::StreamWriter<assay::v1::IssueResponse>;

  base::Task<grpc::Status> issue(Stream& stream, proto::Presented presented, std::string address,
                                 assay::v1::IssueRequest request);

  const IssueServices services_;
  const proto::Callers& callers_;
  const boost::asio::any_io_executor executor_;
};

}  // namespace acmecore::rpc
