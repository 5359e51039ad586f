#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>
#include <utility>

#include "acmecore/issuers.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/ca.grpc.pb.h"
#include "base/time.h"
#include "storage/store.h"

namespace acmecore::rpc {

// CaService (proto/assay/v1/ca.proto).
class CaService final : public assay::v1::CaService::CallbackService {
 public:
  // As IssuerKeeper::rotate, of the issuer with this name.
  using Rotate = std::function<base::Result<void>(const std::string& name)>;

  // Each call runs on `executor`. The references outlive the service and its calls. A rotation is noted in the audit
  // log of `store`.
  CaService(const Issuers& issuers, Rotate rotate, storage::Store& store, const base::Clock& clock,
            const proto::Callers& callers, boost::asio::any_io_executor executor)
      : issuers_(issuers),
        rotate_(std::move(rotate)),
        store_(store),
        clock_(clock),
        calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListIssuers(grpc::CallbackServerContext* context,
                                        const assay::v1::ListIssuersRequest* request,
                                        assay::v1::ListIssuersResponse* response) override;
  grpc::ServerUnaryReactor* RotateIssuer(grpc::CallbackServerContext* context,
                                         const assay::v1::RotateIssuerRequest* request,
                                         assay::v1::RotateIssuerResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work list(assay::v1::ListIssuersResponse& response) const;
  Work rotate(Actor by, const assay::v1::RotateIssuerRequest& request,
              assay::v1::RotateIssuerResponse& response);

  const Issuers& issuers_;
  const Rotate rotate_;
  storage::Store& store_;
  const base::Clock& clock_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
