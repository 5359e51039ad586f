#pragma once

#include <grpcpp/support/status.h>

#include <filesystem>
#include <functional>

#include "app/cli/client.h"
#include "assay/v1/doctor.pb.h"

namespace app {

// What this host knows of the DNS. Empty: IANA's root.
struct DnsFromHere {
  std::filesystem::path root_hints;
  std::filesystem::path trust_anchors;
};

// Examines as DoctorService.Examine does, with the questions going out from this host and the canary coming in through
// the server's API. The status is that of a request that is wrong, of a file that cannot be read, or of the first call
// to the server that failed.
grpc::Status examine_from_here(const assay::v1::ExamineRequest& request, const DnsFromHere& dns,
                               const Client& client,
                               const std::function<void(const assay::v1::Finding&)>& tell);

}  // namespace app
