#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/authority.h"
#include "acmecore/external_account_keys.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/policy.grpc.pb.h"
#include "base/time.h"

namespace acmecore::rpc {

// PolicyService (proto/assay/v1/policy.proto).
class PolicyService final : public assay::v1::PolicyService::CallbackService {
 public:
  // `directories`: the names of all. The references outlive the service and its calls.
  PolicyService(Authority& authority, ExternalAccountKeys& keys, std::vector<std::string> directories,
                const base::Clock& clock, const proto::Callers& callers,
                boost::asio::any_io_executor executor)
      : authority_(authority),
        keys_(keys),
        directories_(std::move(directories)),
        clock_(clock),
        calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* Test(grpc::CallbackServerContext* context,
                                 const assay::v1::TestPolicyRequest* request,
                                 assay::v1::TestPolicyResponse* response) override;

 private:
  OperatorCalls::Work test(const assay::v1::TestPolicyRequest& request,
                           assay::v1::TestPolicyResponse& response);
  base::Task<base::Result<std::optional<Account>>> account_for(const assay::v1::TestPolicyRequest& request,
                                                               assay::v1::TestPolicyResponse& response);

  Authority& authority_;
  ExternalAccountKeys& keys_;
  const std::vector<std::string> directories_;
  const base::Clock& clock_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
