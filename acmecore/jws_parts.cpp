#include "acmecore/jws_parts.h"

#include "base/base64url.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;

namespace {

Result<Json> protected_header(const std::string& text) {
  const auto octets = base::parse_base64url(text);
  if (!octets) return fail(ErrorKind::malformed, "the protected header is not base64url without padding");
  TRY(Json header, base::parse_json(*octets));
  if (header.object() == nullptr) return fail(ErrorKind::malformed, "the protected header is no JSON object");
  for (std::string_view name : {"crit", "b64"}) {
    if (header.find(name) != nullptr) {
      return fail(ErrorKind::malformed, "the protected header must not have \"" + std::string(name) + "\"");
    }
  }
  return header;
}

}  // namespace

Result<JwsParts> parse_jws_parts(const Json& jws) {
  if (jws.object() == nullptr) {
    return fail(ErrorKind::malformed, "the body must be a JWS in the flattened JSON serialization");
  }
  if (jws.find("signatures") != nullptr) {
    return fail(ErrorKind::malformed, "the JWS must have exactly one signature, and no \"signatures\"");
  }
  if (jws.find("header") != nullptr)
    return fail(ErrorKind::malformed, "the JWS must have no unprotected header");
  TRY(const std::string header_text, required_string(jws, "protected", "JWS"));
  TRY(const std::string payload_text, required_string(jws, "payload", "JWS"));
  TRY(const std::string signature_text, required_string(jws, "signature", "JWS"));

  JwsParts parts;
  TRY(parts.header, protected_header(header_text));
  auto payload = base::parse_base64url(payload_text);
  if (!payload) return fail(ErrorKind::malformed, "the payload is not base64url without padding");
  auto signature = base::parse_base64url(signature_text);
  if (!signature) return fail(ErrorKind::malformed, "the signature is not base64url without padding");
  parts.payload = *std::move(payload);
  parts.signature = *std::move(signature);
  parts.signing_input = header_text + '.' + payload_text;
  return parts;
}

Result<std::string> required_string(const Json& object, std::string_view name, std::string_view where) {
  const Json* member = object.find(name);
  if (member != nullptr && member->string() != nullptr) return *member->string();
  return fail(ErrorKind::malformed,
              "the " + std::string(where) + " must have \"" + std::string(name) + "\", which is a string");
}

}  // namespace acmecore
