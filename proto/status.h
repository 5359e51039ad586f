#pragma once

#include <grpcpp/support/status.h>

#include "assay/v1/problem.pb.h"
#include "base/error.h"

namespace proto {

// The gRPC status of an error, with an assay.v1.Problem in its details. The detail of an `internal` error or
// suberror is logged and not sent.
grpc::Status to_status(const base::Error& error);

// The same with a code that says more of this call's errors than the kind alone does. An `internal` error stays one.
grpc::Status to_status(const base::Error& error, grpc::StatusCode code);

// The same as a message: what a caller is told of an error that is part of an answer.
assay::v1::Problem to_problem(const base::Error& error);

grpc::StatusCode to_status_code(base::ErrorKind kind);

}  // namespace proto
