#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>

#include "acmecore/pausing.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/pause.grpc.pb.h"

namespace acmecore::rpc {

// PauseService (proto/assay/v1/pause.proto).
class PauseService final : public assay::v1::PauseService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  PauseService(Pausing& pausing, const proto::Callers& callers, boost::asio::any_io_executor executor)
      : pausing_(pausing), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListPausedNames(grpc::CallbackServerContext* context,
                                            const assay::v1::ListPausedNamesRequest* request,
                                            assay::v1::ListPausedNamesResponse* response) override;
  grpc::ServerUnaryReactor* RemovePauses(grpc::CallbackServerContext* context,
                                         const assay::v1::RemovePausesRequest* request,
                                         assay::v1::RemovePausesResponse* response) override;

 private:
  using Work = OperatorCalls::Work;

  Work list(const assay::v1::ListPausedNamesRequest& request, assay::v1::ListPausedNamesResponse& response);
  Work remove(Actor by, const assay::v1::RemovePausesRequest& request,
              assay::v1::RemovePausesResponse& response);

  Pausing& pausing_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
