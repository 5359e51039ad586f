#include "proto/status.h"

#include "base/log.h"

namespace proto {

using base::ErrorKind;

namespace {

// All that a peer hears of what went wrong inside.
const std::string kInternal = "internal error";

// A URN for what ACME has a word for. Of our own kinds the status code says all.
std::string type_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::not_found:
    case ErrorKind::conflict:
    case ErrorKind::method_not_allowed:
    case ErrorKind::unsupported_media_type:
    case ErrorKind::too_large:
    case ErrorKind::unavailable:
    case ErrorKind::internal: return "about:blank";
    default: return base::problem_type(kind);
  }
}

std::string told(ErrorKind kind, const std::string& detail) {
  if (kind != ErrorKind::internal) return detail;
  base::log::error("grpc.internal", {{"detail", detail}});
  return kInternal;
}

}  // namespace

grpc::StatusCode to_status_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed:
    case ErrorKind::bad_csr:
    case ErrorKind::bad_public_key:
    case ErrorKind::bad_revocation_reason:
    case ErrorKind::bad_signature_algorithm:
    case ErrorKind::invalid_contact:
    case ErrorKind::invalid_profile:
    case ErrorKind::unsupported_contact:
    case ErrorKind::unsupported_identifier:
    case ErrorKind::rejected_identifier:
    case ErrorKind::method_not_allowed:
    case ErrorKind::unsupported_media_type: return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorKind::account_does_not_exist:
    case ErrorKind::not_found: return grpc::StatusCode::NOT_FOUND;
    case ErrorKind::account_not_valid:
    case ErrorKind::unauthorized:
    case ErrorKind::external_account_required: return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorKind::auto_renewal_canceled:
    case ErrorKind::auto_renewal_cancellation_invalid:
    case ErrorKind::auto_renewal_expired:
    case ErrorKind::auto_renewal_revocation_not_supported:
    case ErrorKind::caa:
    case ErrorKind::compound:
    case ErrorKind::connection:
    case ErrorKind::dns:
    case ErrorKind::incorrect_response:
    case ErrorKind::order_not_ready:
    case ErrorKind::tls:
    case ErrorKind::user_action_required: return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorKind::already_replaced:
    case ErrorKind::already_revoked: return grpc::StatusCode::ALREADY_EXISTS;
    case ErrorKind::bad_nonce:
    case ErrorKind::conflict: return grpc::StatusCode::ABORTED;
    case ErrorKind::rate_limited:
    case ErrorKind::paused:
    case ErrorKind::too_large: return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorKind::unavailable: return grpc::StatusCode::UNAVAILABLE;
    case ErrorKind::internal: return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::Status to_status(const base::Error& error) { return to_status(error, to_status_code(error.kind)); }

grpc::Status to_status(const base::Error& error, grpc::StatusCode code) {
  if (error.kind == ErrorKind::internal) {
    base::log::error("grpc.internal", {{"detail", error.detail}});
    return {grpc::StatusCode::INTERNAL, kInternal};
  }
  const assay::v1::Problem problem = to_problem(error);
  assay::v1::StatusDetails details;
  details.set_code(code);
  details.set_message(error.detail);
  details.add_details()->PackFrom(problem);
  return {code, error.detail, details.SerializeAsString()};
}

assay::v1::Problem to_problem(const base::Error& error) {
  assay::v1::Problem problem;
  problem.set_type(type_of(error.kind));
  problem.set_detail(told(error.kind, error.detail));
  for (const auto& suberror : error.suberrors) {
    auto* subproblem = problem.add_subproblems();
    subproblem->set_type(type_of(suberror.kind));
    subproblem->set_detail(told(suberror.kind, suberror.detail));
    subproblem->set_identifier(suberror.identifier);
  }
  return problem;
}

}  // namespace proto
