#include "acmecore/http/problem.h"

#include "acmecore/jws.h"
#include "base/log.h"

namespace acmecore::http {

using base::Error;
using base::ErrorKind;
using base::Json;

namespace {

// How soon a client may try again after a failure of ours, or when it asks for too much at once (RFC 8555 §6.6).
constexpr const char* kRetryAfterSeconds = "10";

// A 401 says how to authenticate (RFC 9110 §15.5.2). Who signs requests as RFC 8555 §6.2 has it goes by the type of the
// problem, and no scheme of IANA's registry is that way: a name that no client takes for one it knows.
constexpr const char* kChallenge = "ACME";

// All that a client hears of what went wrong inside.
std::string_view shown_detail(ErrorKind kind, const std::string& detail) {
  return kind == ErrorKind::internal ? "internal error" : std::string_view(detail);
}

base::http::Response problem_response(unsigned status, Json::Object problem) {
  return {status, {{"Content-Type", "application/problem+json"}}, Json(std::move(problem)).text()};
}

}  // namespace

unsigned status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::account_not_valid: return 401;
    case ErrorKind::unauthorized:
    case ErrorKind::auto_renewal_canceled:
    case ErrorKind::auto_renewal_expired:
    case ErrorKind::auto_renewal_revocation_not_supported:
    case ErrorKind::caa:
    case ErrorKind::external_account_required:
    case ErrorKind::order_not_ready:
    case ErrorKind::rejected_identifier:
    case ErrorKind::user_action_required: return 403;
    case ErrorKind::not_found: return 404;
    case ErrorKind::method_not_allowed: return 405;
    case ErrorKind::already_replaced:
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unsupported_media_type: return 415;
    case ErrorKind::rate_limited:
    case ErrorKind::paused: return 429;
    case ErrorKind::internal: return 500;
    case ErrorKind::unavailable: return 503;
    default: return 400;
  }
}

Json problem_json(const Error& error) {
  Json::Object problem{{"type", base::problem_type(error.kind)},
                       {"status", int64_t{status_of(error.kind)}},
                       {"detail", shown_detail(error.kind, error.detail)}};
  if (error.kind == ErrorKind::bad_signature_algorithm) {
    Json::Array algorithms;  // RFC 8555 §6.2
    for (std::string_view name : algorithm_names())
      algorithms.push_back(name);
    problem.emplace_back("algorithms", std::move(algorithms));
  }
  Json::Array subproblems;
  for (const base::Suberror& suberror : error.suberrors) {
    subproblems.push_back(Json::Object{
        {"type", base::problem_type(suberror.kind)},
        {"detail", shown_detail(suberror.kind, suberror.detail)},
        {"identifier", Json::Object{{"type", suberror.identifier_type}, {"value", suberror.identifier}}}});
  }
  if (!subproblems.empty()) problem.emplace_back("subproblems", std::move(subproblems));
  return problem;
}

base::http::Response to_problem(const Error& error) {
  if (error.kind == ErrorKind::internal) base::log::error("acme.internal", {{"detail", error.detail}});
  for (const base::Suberror& suberror : error.suberrors) {
    if (suberror.kind == ErrorKind::internal)
      base::log::error("acme.internal", {{"detail", suberror.detail}});
  }
  const Json problem = problem_json(error);
  base::http::Response response = problem_response(status_of(error.kind), *problem.object());
  if (response.status == 401) response.headers.push_back({"WWW-Authenticate", kChallenge});
  const bool is_over_soon = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::rate_limited;
  if (error.retry_after) {
    response.headers.push_back({"Retry-After", std::to_string(error.retry_after->count())});
  } else if (is_over_soon) {
    response.headers.push_back({"Retry-After", kRetryAfterSeconds});
  }
  return response;
}

base::http::Response to_problem(const base::http::Refused& refused) {
  return problem_response(refused.status, {{"type", base::problem_type(ErrorKind::malformed)},
                                           {"status", int64_t{refused.status}},
                                           {"detail", refused.detail}});
}

}  // namespace acmecore::http
