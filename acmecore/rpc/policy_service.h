#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "acmecore/authority.h"
#include "assay/v1/policy.grpc.pb.h"
#include "proto/bridge.h"
#include "proto/callers.h"

namespace acmecore::rpc {

// PolicyService (proto/assay/v1/policy.proto).
class PolicyService final : public assay::v1::PolicyService::CallbackService {
 public:
  // All of these outlive the service and its calls.
  PolicyService(Authority& authority, const proto::Callers& callers, boost::asio::any_io_executor executor);

  grpc::ServerUnaryReactor* Test(grpc::CallbackServerContext* context,
                                 const assay::v1::TestPolicyRequest* request,
                                 assay::v1::TestPolicyResponse* response) override;

 private:
  base::Task<grpc::Status> test(proto::Presented presented, const assay::v1::TestPolicyRequest& request,
                                assay::v1::TestPolicyResponse& response);
  base::Task<base::Result<void>> answer(const assay::v1::TestPolicyRequest& request,
                                        assay::v1::TestPolicyResponse& response);

  Authority& authority_;
  const proto::Callers& callers_;
  const boost::asio::any_io_executor executor_;
};

}  // namespace acmecore::rpc
