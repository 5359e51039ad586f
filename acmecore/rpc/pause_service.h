#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>

#include "acmecore/pausing.h"
#include "assay/v1/pause.grpc.pb.h"
#include "base/error.h"
#include "base/task.h"
#include "proto/callers.h"

namespace acmecore::rpc {

// PauseService (proto/assay/v1/pause.proto).
class PauseService final : public assay::v1::PauseService::CallbackService {
 public:
  // Each call runs on `executor`. The references outlive the service and its calls.
  PauseService(Pausing& pausing, const proto::Callers& callers, boost::asio::any_io_executor executor)
      : pausing_(pausing), callers_(callers), executor_(std::move(executor)) {}

  grpc::ServerUnaryReactor* ListPausedNames(grpc::CallbackServerContext* context,
                                            const assay::v1::ListPausedNamesRequest* request,
                                            assay::v1::ListPausedNamesResponse* response) override;
  grpc::ServerUnaryReactor* RemovePauses(grpc::CallbackServerContext* context,
                                         const assay::v1::RemovePausesRequest* request,
                                         assay::v1::RemovePausesResponse* response) override;

 private:
  using Work = base::Task<base::Result<void>>;

  // Runs what `method` returns, if who calls may.
  grpc::ServerUnaryReactor* serve(grpc::CallbackServerContext& context,
                                  const std::function<Work(std::string by)>& method);

  Work list(const assay::v1::ListPausedNamesRequest& request, assay::v1::ListPausedNamesResponse& response);
  Work remove(std::string by, const assay::v1::RemovePausesRequest& request,
              assay::v1::RemovePausesResponse& response);

  Pausing& pausing_;
  const proto::Callers& callers_;
  const boost::asio::any_io_executor executor_;
};

}  // namespace acmecore::rpc
