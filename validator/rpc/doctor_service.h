#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/v1/doctor.grpc.pb.h"
#include "base/places.h"
#include "base/task.h"
#include "proto/callers.h"
#include "validator/doctor/doctor.h"

namespace validator::rpc {

// Examinations at once. Each sends some hundred questions.
inline constexpr size_t kExaminationsMax = 4;
// Calls that look through all credentials at once.
inline constexpr size_t kHolderSearchesMax = 4;

// Who proves to be a credential of the store by its password and may use it from there; nothing: nobody.
using CallerByToken = std::function<std::optional<doctor::Caller>(
    const std::string& token, const std::optional<base::IpAddress>& address)>;

// assay.v1.DoctorService, for credentials that may publish challenges; those of the store may have themselves told what
// they need to examine on their own. What it refers to outlives it, and it outlives the server that it is registered
// with.
class DoctorService final : public assay::v1::DoctorService::CallbackService {
 public:
  // `resolvers`: those of this host, to compare with where a caller names none.
  DoctorService(const doctor::Instruments& instruments, std::vector<base::Endpoint> resolvers,
                const proto::Callers& callers, CallerByToken caller_by_token,
                base::Task<>::executor_type executor)
      : doctor_(instruments),
        own_(instruments.own),
        clock_(instruments.clock),
        resolvers_(std::move(resolvers)),
        callers_(callers),
        caller_by_token_(std::move(caller_by_token)),
        executor_(std::move(executor)) {}

  grpc::ServerWriteReactor<assay::v1::ExamineResponse>* Examine(
      grpc::CallbackServerContext* context, const assay::v1::ExamineRequest* request) override;
  grpc::ServerUnaryReactor* DescribeServer(grpc::CallbackServerContext* context,
                                           const assay::v1::DescribeServerRequest* request,
                                           assay::v1::DescribeServerResponse* response) override;
  grpc::ServerUnaryReactor* DescribeName(grpc::CallbackServerContext* context,
                                         const assay::v1::DescribeNameRequest* request,
                                         assay::v1::DescribeNameResponse* response) override;

 private:
  tl::expected<doctor::Caller, grpc::Status> caller_of(const grpc::CallbackServerContext& context) const;
  // May the caller be told of the credential with this id? Empty: of none.
  grpc::Status may_see(const grpc::CallbackServerContext& context, const doctor::Caller& caller,
                       const std::string& credential) const;
  base::Task<grpc::Status> describe_server(doctor::Caller caller,
                                           assay::v1::DescribeServerResponse& response) const;
  base::Task<grpc::Status> describe_name(doctor::Caller caller, const assay::v1::DescribeNameRequest& request,
                                         assay::v1::DescribeNameResponse& response);
  base::Task<grpc::Status> tell_holders(doctor::Caller caller, base::Name name,
                                        assay::v1::DescribeNameResponse& response);

  const doctor::Doctor doctor_;
  doctor::OwnServer& own_;
  const base::Clock& clock_;
  const std::vector<base::Endpoint> resolvers_;
  const proto::Callers& callers_;
  const CallerByToken caller_by_token_;
  const base::Task<>::executor_type executor_;
  base::Places examinations_{kExaminationsMax};
  base::Places holder_searches_{kHolderSearchesMax};
};

}  // namespace validator::rpc
