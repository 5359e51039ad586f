#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/directory.h"
#include "acmecore/profiles.h"
#include "acmecore/rpc/operator_calls.h"
#include "assay/v1/directory.grpc.pb.h"

namespace acmecore::rpc {

// A directory and where it is.
struct DirectoryAt {
  Directory directory;
  std::string url;
};

// DirectoryService (proto/assay/v1/directory.proto).
class DirectoryService final : public assay::v1::DirectoryService::CallbackService {
 public:
  // The references outlive the service and its calls.
  DirectoryService(std::vector<DirectoryAt> directories, const Profiles& profiles,
                   const proto::Callers& callers, boost::asio::any_io_executor executor)
      : directories_(std::move(directories)), profiles_(profiles), calls_(callers, std::move(executor)) {}

  grpc::ServerUnaryReactor* ListDirectories(grpc::CallbackServerContext* context,
                                            const assay::v1::ListDirectoriesRequest* request,
                                            assay::v1::ListDirectoriesResponse* response) override;

 private:
  OperatorCalls::Work list(assay::v1::ListDirectoriesResponse& response) const;

  const std::vector<DirectoryAt> directories_;
  const Profiles& profiles_;
  const OperatorCalls calls_;
};

}  // namespace acmecore::rpc
