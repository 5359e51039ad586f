#include "acmecore/http/payload.h"

#include "base/base64url.h"
#include "base/json.h"
#include "base/time.h"

namespace acmecore::http {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;

namespace {

constexpr const char* kDeactivated = "deactivated";
constexpr const char* kCanceled = "canceled";

Result<Json> parse_object(BytesView payload) {
  TRY(Json json, base::parse_json(payload));
  if (!json.object()) return fail(ErrorKind::malformed, "the payload is not a JSON object");
  return json;
}

tl::unexpected<base::Error> wrong_type(std::string_view member, std::string_view expected) {
  return fail(ErrorKind::malformed,
              "\"" + std::string(member) + "\" in the payload is not " + std::string(expected));
}

// Absent is false.
Result<bool> boolean_of(const Json& object, std::string_view member) {
  const Json* value = object.find(member);
  if (value == nullptr) return false;
  if (!value->boolean()) return wrong_type(member, "true or false");
  return *value->boolean();
}

Result<std::string> string_of(const Json& object, std::string_view member) {
  const Json* value = object.find(member);
  if (value == nullptr)
    return fail(ErrorKind::malformed, "the payload has no \"" + std::string(member) + "\"");
  if (!value->string()) return wrong_type(member, "a string");
  return *value->string();
}

Result<std::optional<base::Time>> time_of(const Json& object, std::string_view member) {
  if (object.find(member) == nullptr) return std::nullopt;
  TRY(const std::string text, string_of(object, member));
  const auto time = base::parse_rfc3339(text);
  if (!time) return wrong_type(member, "a time, such as \"2026-11-23T04:30:00Z\" (RFC 3339)");
  return *time;
}

Result<base::Bytes> octets_of(const Json& object, std::string_view member) {
  TRY(const std::string text, string_of(object, member));
  auto octets = base::parse_base64url(text);
  if (!octets || octets->empty())
    return wrong_type(member, "DER in base64url without padding (RFC 8555 §6.1)");
  return *std::move(octets);
}

Result<std::optional<std::vector<std::string>>> contacts_of(const Json& object) {
  const Json* value = object.find("contact");
  if (value == nullptr) return std::nullopt;
  if (!value->array()) return wrong_type("contact", "an array of strings");
  std::vector<std::string> contacts;
  for (const Json& contact : *value->array()) {
    if (!contact.string()) return wrong_type("contact", "an array of strings");
    contacts.push_back(*contact.string());
  }
  return contacts;
}

// Absent is 0.
Result<int64_t> integer_of(const Json& object, std::string_view member) {
  const Json* value = object.find(member);
  if (value == nullptr) return 0;
  if (!value->integer()) return wrong_type(member, "a whole number");
  return *value->integer();
}

// RFC 8739 §3.1.1.
Result<RequestedAutoRenewal> auto_renewal_of(const Json& json) {
  if (!json.object()) return wrong_type("auto-renewal", "an object");
  RequestedAutoRenewal renewal;
  TRY(renewal.start_date, time_of(json, "start-date"));
  TRY(const auto end_date, time_of(json, "end-date"));
  if (!end_date) return fail(ErrorKind::malformed, "\"auto-renewal\" has no \"end-date\"");
  renewal.end_date = *end_date;
  if (json.find("lifetime") == nullptr)
    return fail(ErrorKind::malformed, "\"auto-renewal\" has no \"lifetime\"");
  TRY(renewal.lifetime, integer_of(json, "lifetime"));
  TRY(renewal.lifetime_adjust, integer_of(json, "lifetime-adjust"));
  TRY(renewal.allow_certificate_get, boolean_of(json, "allow-certificate-get"));
  return renewal;
}

Result<RequestedIdentifier> identifier_of(const Json& json) {
  if (!json.object()) return fail(ErrorKind::malformed, "an identifier is not a JSON object");
  TRY(std::string type, string_of(json, "type"));
  TRY(std::string value, string_of(json, "value"));
  return RequestedIdentifier{std::move(type), std::move(value)};
}

}  // namespace

Result<NewAccountRequest> parse_new_account(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  NewAccountRequest request;
  TRY(const auto contacts, contacts_of(object));
  if (contacts) request.contacts = *contacts;
  TRY(request.terms_of_service_agreed, boolean_of(object, "termsOfServiceAgreed"));
  TRY(request.only_return_existing, boolean_of(object, "onlyReturnExisting"));
  if (const Json* binding = object.find("externalAccountBinding"))
    request.external_account_binding = *binding;
  return request;
}

Result<AccountUpdate> parse_account_update(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  AccountUpdate update;
  TRY(update.contacts, contacts_of(object));
  const Json* status = object.find("status");
  if (status != nullptr && !status->string()) return wrong_type("status", "a string");
  update.deactivate = status != nullptr && *status->string() == kDeactivated;
  return update;
}

Result<NewOrderRequest> parse_new_order(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  const Json* identifiers = object.find("identifiers");
  if (identifiers == nullptr) return fail(ErrorKind::malformed, "the payload has no \"identifiers\"");
  if (!identifiers->array()) return wrong_type("identifiers", "an array");
  NewOrderRequest request;
  for (const Json& json : *identifiers->array()) {
    TRY(auto identifier, identifier_of(json));
    if (json.find("ancestorDomain") != nullptr) {
      TRY(identifier.ancestor, string_of(json, "ancestorDomain"));
      if (identifier.ancestor.empty()) return wrong_type("ancestorDomain", "a domain name");
    }
    request.identifiers.push_back(std::move(identifier));
  }
  if (object.find("replaces") != nullptr) {
    TRY(request.replaces, string_of(object, "replaces"));
    if (request.replaces.empty()) return wrong_type("replaces", "the name of a certificate (RFC 9773 §4.1)");
  }
  if (object.find("profile") != nullptr) {
    TRY(request.profile, string_of(object, "profile"));
    if (request.profile.empty()) return wrong_type("profile", "the name of a profile");
  }
  if (const Json* renewal = object.find("auto-renewal")) {
    TRY(request.auto_renewal, auto_renewal_of(*renewal));
  }
  TRY(request.validity.not_before, time_of(object, "notBefore"));
  TRY(request.validity.not_after, time_of(object, "notAfter"));
  return request;
}

Result<void> parse_cancellation(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  TRY(const std::string status, string_of(object, "status"));
  if (status == kCanceled) return {};
  return fail(
      ErrorKind::malformed,
      "the only status that an order can be given is \"canceled\", where it renews itself (RFC 8739 §3.1.2)");
}

Result<RequestedIdentifier> parse_new_authz(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  const Json* identifier = object.find("identifier");
  if (identifier == nullptr) return fail(ErrorKind::malformed, "the payload has no \"identifier\"");
  TRY(RequestedIdentifier requested, identifier_of(*identifier));
  TRY(requested.subdomains, boolean_of(*identifier, "subdomainAuthAllowed"));
  return requested;
}

Result<void> parse_deactivation(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  TRY(const std::string status, string_of(object, "status"));
  if (status != kDeactivated) {
    return fail(ErrorKind::malformed,
                "the only status that an authorization can be given is \"deactivated\"");
  }
  return {};
}

Result<void> parse_challenge_response(BytesView payload) {
  CHECK(parse_object(payload));
  return {};
}

Result<base::Bytes> parse_finalize(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  return octets_of(object, "csr");
}

Result<RevocationRequest> parse_revocation(BytesView payload) {
  TRY(const Json object, parse_object(payload));
  TRY(base::Bytes certificate, octets_of(object, "certificate"));
  RevocationRequest request{std::move(certificate), std::nullopt};
  if (const Json* reason = object.find("reason")) {
    if (!reason->integer()) {
      return fail(ErrorKind::bad_revocation_reason, "\"reason\" is not one of the integers 0, 1, 3, 4 and 5");
    }
    request.reason = *reason->integer();
  }
  return request;
}

}  // namespace acmecore::http
