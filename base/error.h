#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace base {

// What went wrong, in the words of RFC 8555 §6.7 where it has one. The last group is ours: kinds that the
// edges need and that ACME expresses by an HTTP status or not at all.
enum class ErrorKind {
  account_does_not_exist,
  already_replaced,
  already_revoked,
  auto_renewal_canceled,
  auto_renewal_cancellation_invalid,
  auto_renewal_expired,
  auto_renewal_revocation_not_supported,
  bad_csr,
  bad_nonce,
  bad_public_key,
  bad_revocation_reason,
  bad_signature_algorithm,
  caa,
  compound,
  connection,
  dns,
  external_account_required,
  incorrect_response,
  invalid_contact,
  invalid_profile,
  malformed,
  order_not_ready,
  rate_limited,
  rejected_identifier,
  tls,
  unauthorized,
  unsupported_contact,
  unsupported_identifier,
  user_action_required,

  paused,                  // rateLimited, until a time or until a person lifts it
  account_not_valid,       // unauthorized, with HTTP 401: deactivated or revoked (RFC 8555 §7.3.6)
  not_found,               // the object does not exist, or is not shown to this caller
  conflict,                // the object changed since it was read; the caller may read and try again
  method_not_allowed,      // HTTP 405
  unsupported_media_type,  // HTTP 415
  too_large,               // a named limit was exceeded; the detail names it
  unavailable,             // our own infrastructure, for now: disk full, store read-only, shutting down
  internal,                // a bug or a broken disk. The detail is logged and never sent.
};

// One identifier's part of an error about several (RFC 8555 §6.7.1).
struct Suberror {
  ErrorKind kind;
  std::string detail;
  std::string identifier;               // its value
  std::string identifier_type = "dns";  // as it was asked for

  bool operator==(const Suberror&) const = default;
};

// The detail is a sentence for the subscriber that names the object, unless the kind is `internal`.
struct Error {
  ErrorKind kind;
  std::string detail;
  std::vector<Suberror> suberrors = {};
  std::optional<std::chrono::seconds> retry_after =
      {};  // of rate_limited and paused: when there is room again

  bool operator==(const Error&) const = default;
};

template <class T = void>
using Result = tl::expected<T, Error>;

// `return fail(ErrorKind::malformed, "…")` in any function that returns a Result.
inline tl::unexpected<Error> fail(ErrorKind kind, std::string detail) {
  return tl::unexpected(Error{kind, std::move(detail), {}});
}

// The kind in RFC 8555's spelling ("badCSR"); ours in lowerCamelCase ("notFound"). For logs and problem types.
std::string_view name_of(ErrorKind kind);

// The problem document's `type` (RFC 8555 §6.7): "urn:ietf:params:acme:error:badCSR" for the kinds that IANA has
// registered, the nearest registered one for ours (malformed, or serverInternal where the fault is not the
// subscriber's).
std::string problem_type(ErrorKind kind);

}  // namespace base

#define ASSAY_JOIN_(a, b) a##b
#define ASSAY_JOIN(a, b) ASSAY_JOIN_(a, b)
#define ASSAY_TRY_(leave, result, declaration, expression)      \
  auto result = (expression);                                   \
  if (!result) leave tl::unexpected(std::move(result).error()); \
  declaration = *std::move(result)
#define ASSAY_CHECK_(leave, result, expression) \
  if (auto result = (expression); !result) leave tl::unexpected(std::move(result).error())

// TRY(auto x, f()): x is f()'s value, or this function returns its error. CHECK(f()) is for Result<void>.
#define TRY(declaration, expression) \
  ASSAY_TRY_(return, ASSAY_JOIN(result_, __COUNTER__), declaration, expression)
#define CHECK(expression) ASSAY_CHECK_(return, ASSAY_JOIN(result_, __COUNTER__), expression)

// The same in a coroutine. Awaiting needs a name first where a temporary is involved: see STYLE.md.
#define CO_TRY(declaration, expression) \
  ASSAY_TRY_(co_return, ASSAY_JOIN(result_, __COUNTER__), declaration, expression)
#define CO_CHECK(expression) ASSAY_CHECK_(co_return, ASSAY_JOIN(result_, __COUNTER__), expression)
