#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "assay/v1/doctor.grpc.pb.h"
#include "base/task.h"
#include "proto/callers.h"
#include "validator/doctor/doctor.h"

namespace validator::rpc {

// Examinations at once. Each sends some hundred questions.
inline constexpr int kExaminationsMax = 4;
// Resolvers that one examination compares with.
inline constexpr int kResolversMax = 8;

// assay.v1.DoctorService, for credentials that may publish challenges. What it refers to outlives it, and it
// outlives the server that it is registered with.
class DoctorService final : public assay::v1::DoctorService::CallbackService {
 public:
  // `resolvers`: those of this host, to compare with where a caller names none.
  DoctorService(const doctor::Instruments& instruments, std::vector<base::Endpoint> resolvers,
                const proto::Callers& callers, base::Task<>::executor_type executor)
      : doctor_(instruments),
        resolvers_(std::move(resolvers)),
        callers_(callers),
        executor_(std::move(executor)) {}

  grpc::ServerWriteReactor<assay::v1::ExamineResponse>* Examine(
      grpc::CallbackServerContext* context, const assay::v1::ExamineRequest* request) override;

 private:
  const doctor::Doctor doctor_;
  const std::vector<base::Endpoint> resolvers_;
  const proto::Callers& callers_;
  const base::Task<>::executor_type executor_;
  std::atomic<int> under_way_ = 0;
};

// What a request asks for, without the credential. malformed: the detail begins with the name of the field.
base::Result<doctor::Examination> read_examination(const assay::v1::ExamineRequest& request);

void write_finding(const doctor::Finding& finding, assay::v1::Finding& message);

}  // namespace validator::rpc
