#include "base/error.h"

namespace base {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::account_does_not_exist: return "accountDoesNotExist";
    case ErrorKind::already_replaced: return "alreadyReplaced";
    case ErrorKind::already_revoked: return "alreadyRevoked";
    case ErrorKind::auto_renewal_canceled: return "autoRenewalCanceled";
    case ErrorKind::auto_renewal_cancellation_invalid: return "autoRenewalCancellationInvalid";
    case ErrorKind::auto_renewal_expired: return "autoRenewalExpired";
    case ErrorKind::auto_renewal_revocation_not_supported: return "autoRenewalRevocationNotSupported";
    case ErrorKind::bad_csr: return "badCSR";
    case ErrorKind::bad_nonce: return "badNonce";
    case ErrorKind::bad_public_key: return "badPublicKey";
    case ErrorKind::bad_revocation_reason: return "badRevocationReason";
    case ErrorKind::bad_signature_algorithm: return "badSignatureAlgorithm";
    case ErrorKind::caa: return "caa";
    case ErrorKind::compound: return "compound";
    case ErrorKind::connection: return "connection";
    case ErrorKind::dns: return "dns";
    case ErrorKind::external_account_required: return "externalAccountRequired";
    case ErrorKind::incorrect_response: return "incorrectResponse";
    case ErrorKind::invalid_contact: return "invalidContact";
    case ErrorKind::invalid_profile: return "invalidProfile";
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::order_not_ready: return "orderNotReady";
    case ErrorKind::rate_limited: return "rateLimited";
    case ErrorKind::rejected_identifier: return "rejectedIdentifier";
    case ErrorKind::tls: return "tls";
    case ErrorKind::unauthorized: return "unauthorized";
    case ErrorKind::unsupported_contact: return "unsupportedContact";
    case ErrorKind::unsupported_identifier: return "unsupportedIdentifier";
    case ErrorKind::user_action_required: return "userActionRequired";
    case ErrorKind::paused: return "paused";
    case ErrorKind::account_not_valid: return "accountNotValid";
    case ErrorKind::not_found: return "notFound";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::method_not_allowed: return "methodNotAllowed";
    case ErrorKind::unsupported_media_type: return "unsupportedMediaType";
    case ErrorKind::too_large: return "tooLarge";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::string problem_type(ErrorKind kind) {
  const std::string space = "urn:ietf:params:acme:error:";
  switch (kind) {
    case ErrorKind::paused: return space + "rateLimited";
    case ErrorKind::account_not_valid: return space + "unauthorized";
    case ErrorKind::not_found:
    case ErrorKind::conflict:
    case ErrorKind::method_not_allowed:
    case ErrorKind::unsupported_media_type:
    case ErrorKind::too_large: return space + "malformed";
    case ErrorKind::unavailable:
    case ErrorKind::internal: return space + "serverInternal";
    default: return space + std::string(name_of(kind));
  }
}

}  // namespace base
